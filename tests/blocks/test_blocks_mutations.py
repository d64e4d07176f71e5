"""Whatever is done to a spec with blocks, snnc answers with findings, never with a traceback."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import snnc
from snnc.resolve.collect import attempt
from tests.validation.test_mutations import TOKEN, VALUES, wording

SPEC = """\
format = 1
name = "net"
time_steps = 4
[vars]
n = 2
[input]
shape = [4]
[defaults]
Up = { size = 3 }
neuron = { feedback = "add", reset = "soft" }
[blocks.Up]
inputs = ["a", "b"]
required = ["size"]
parameters = { wide = "${size * n}", there = true, kinds = "IF", layer = { kind = "LIF" } }
layers = [
  { kind = "Linear", name = "fc", from = "b", out_features = "$wide", when = "$there" },
  { kind = "$kinds", name = "x1", feedback = { kind = "Linear", bias = false } },
  "$layer",
  { kind = "Add", from = ["x1", "a"] },
  { kind = "IF", name = "y", from = "a", when = "${not there}" },
  { kind = "Down", name = "down", repeat = "$n", first = { depth = 1 } },
]
[blocks.Down]
parameters = { depth = "$n" }
layers = ["LIF", { kind = "LIF", feedback = "none", repeat = "$depth" }, "LI"]
[network]
layers = [
  { kind = "Down", name = "one", from = "two@-1" },
  { kind = "Up", name = "two", from = ["input", "one.lif1"], size = 4 },
  { kind = "LIF", from = "two.down.0.lif2", when = false },
  { kind = "LIF", feedback = { kind = "Down", depth = 3 } },
]
[output]
from = "two.fc"
"""
MORE = (
    *(
        '"two"',
        '"Down"',
        '"Up"',
        '"a"',
        '"b@-1"',
        '"$n"',
        '"$layer"',
        "false",
        "2",
        '["two", "one"]',
    ),
    *(
        "when = false",
        "repeat = 2",
        "first = {}",
        'feedback = "add"',
        'feedback = "Up"',
        '"two@-2"',
    ),
    *("repeat = 30000", "[blocks.Up]", 'kind = "Up"', '"one.lif2.1.feedback"', "layers", "inputs"),
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The spec with some tokens deleted, replaced or put before others."""
    tokens = TOKEN.findall(SPEC)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(tokens) - 1))
        other = tokens[draw(st.integers(0, len(tokens) - 1))]
        choices = ["", other, f"{tokens[at]}, {other}", *VALUES, *MORE, *MORE]
        tokens[at] = draw(st.sampled_from(choices))
    return "".join(tokens)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutated") / "net.snn.toml"


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=mutated())
def test_mutated_blocks(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    document = attempt(lambda: snnc.load(path))
    if isinstance(document, snnc.Findings):
        assert document.diagnostics
        assert all(wording(found.message) for found in document.diagnostics)
        assert all(len(found.notes) <= 4 for found in document.diagnostics)
        return
    names = [layer.name for layer in document.spec.network.layers]
    if not document.problems:
        assert len(set(names)) == len(names)
        assert all(layer.sources for layer in document.spec.network.layers)


def test_it_is_right(path: Path) -> None:
    path.write_text(SPEC, "utf-8")
    assert snnc.load(path).problems == ()
