"""Whatever is done to a spec, snnc answers with findings: never with a traceback."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import snnc
from snnc import formats
from snnc.source.diagnostic import Diagnostic, Findings

ROOT = Path(__file__).parents[2]
SPECS = [
    path.read_text("utf-8")
    for path in sorted((ROOT / "specs").glob("*.snn.toml"))
    if "extends" not in path.read_text("utf-8")
]
GRAPH = """\
format = 1
name = "net"
time_steps = 4

[inputs.image]
shape = [2, 6, 6]

[inputs.events]
shape = [2, 6, 6]
encoder = "none"

[network]
layers = [
  { kind = "Conv2d", name = "a", out_channels = 4, kernel_size = [3, 1], from = "image" },
  { kind = "Conv2d", name = "b", out_channels = 4, kernel_size = [3, 1], from = "events" },
  { kind = "Concat", from = ["a", "b"], dim = 0 },
  { kind = "LIF", tau = 3.0, reset = "soft", surrogate = { kind = "Sigmoid", alpha = 3.0 } },
  { kind = "AvgPool2d", kernel_size = 2 },
  { kind = "Dropout", p = 0.2, mask = "step" },
  { kind = "Flatten", start_dim = 0 },
  { kind = "Linear", out_features = 3 },
]

[outputs.first]
readout = "last"

[outputs.second]
from = "lif1"
"""
TOKEN = re.compile(r'"[^"\n]*"|[\w.@+-]+|\s+|.', re.DOTALL)
VALUES = (
    *("0", "-1", "3", "1.5", "nan", "inf", "1e400", "true", '""', '"a"', '"none"', '"input"', "[]"),
    *("[1]", "[1, 2, 3]", "[[]]", "{}", "{ a = 1 }", '{ kind = "IF" }', '"IF"', '"$x"', '"${1/0}"'),
    *("1979-05-27", "07:32:00", '"kind"', "kind", "name", "from", "=", ",", "\n", "[", "]", "#"),
    *("99999999999999999999", "-0.0", '"fc1@-1"', '"a.b"', '["a", 3]', '"\\u0000"', "[network]"),
    *(
        '"rows"',
        '"columns"',
        '"poisson"',
        '"sequence"',
        '"step"',
        '"soft"',
        '"same"',
        '"Add"',
        '"x"',
    ),
    '{ value = 2.0, per = "channel", learnable = true }',
)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A spec with some tokens deleted, doubled, replaced or swapped."""
    tokens = TOKEN.findall(draw(st.sampled_from([*SPECS, GRAPH])))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(tokens) - 1))
        other = tokens[draw(st.integers(0, len(tokens) - 1))]
        choices = ["", tokens[at] * 2, other, f"{tokens[at]} {other}", *VALUES]
        tokens[at] = draw(st.sampled_from(choices))
    return "".join(tokens)


@st.composite
def ill_valued(draw: st.DrawFn) -> str:
    """A spec that is still TOML, most of the time: one or two values are others."""
    text = draw(st.sampled_from([*SPECS, GRAPH]))
    for _ in range(draw(st.integers(1, 2))):
        places = [match.span(1) for match in re.finditer(r'= ("[^"\n]*"|[\w.-]+|\[[^][]*\])', text)]
        start, end = draw(st.sampled_from(places))
        text = text[:start] + draw(st.sampled_from(VALUES)) + text[end:]
    return text


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mutated") / "net.snn.toml"


def answer(path: Path, text: str, *assignments: str) -> None:
    """The whole flow; findings are fine, anything else that is raised is not."""
    path.write_text(text, "utf-8")
    found = (*built(path, assignments), *snnc.check(path, assignments))
    assert all(wording(finding.message) for finding in found)
    assert all(isinstance(formats.render(name, found), str) for name in formats.names())


def built(path: Path, assignments: tuple[str, ...]) -> tuple[Diagnostic, ...]:
    try:
        snnc.emit(snnc.load(path, assignments))
    except Findings as findings:
        return findings.diagnostics
    return ()


def wording(message: str) -> bool:
    """Neither pydantic's nor Python's."""
    foreign = (
        "Input should",
        "Field required",
        "pydantic",
        "Tree(",
        "constrained",
        "NoneType",
        "[type",
    )
    return not any(word in message for word in foreign)


EXAMPLES = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))


@EXAMPLES
@given(text=mutated())
def test_mutated_specs(path: Path, text: str) -> None:
    answer(path, text)


@EXAMPLES
@given(text=ill_valued())
def test_specs_with_wrong_values(path: Path, text: str) -> None:
    answer(path, text)


KEYS = (
    *(
        "time_steps",
        "name",
        "format",
        "input.shape",
        "input.shape.0",
        "input.encoder",
        "train.loss",
    ),
    *("network.layers", "network.layers.0", "network.layers.1.name", "network.layers.0.from"),
    *(
        "output",
        "outputs.a.from",
        "vars.x",
        "defaults.IF.tau",
        "train.optimizer",
        "blocks.a",
        "a.b",
    ),
)


@EXAMPLES
@given(
    text=st.sampled_from(SPECS),
    key=st.sampled_from(KEYS),
    value=st.one_of(st.sampled_from(VALUES), st.text(max_size=6)),
)
def test_settings(path: Path, text: str, key: str, value: str) -> None:
    answer(path, text, f"{key}={value}")
