"""Blocks become the flat list of layers that a person would have written."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import snnc
from snnc.blocks import Repeat, Use
from snnc.document import Document
from snnc.source.diagnostic import Diagnostic
from tests.support.nets import document

INPUT = "[input]\nshape = [4]\n"
DOCS = Path(__file__).parents[2] / "docs" / "blocks.md"
EXAMPLE = re.compile(r"^```toml\n(.*?)^```\n\n```text\n(.*?)^```", re.MULTILINE | re.DOTALL)


def layers(doc: Document) -> list[tuple[str, str, str]]:
    """Path, kind and sources of each layer."""
    found = doc.spec.network.layers
    return [(str(layer.name), layer.kind, ", ".join(layer.sources)) for layer in found]


def paths(doc: Document) -> list[str]:
    return [f"{name} <- {sources}" for name, _, sources in layers(doc)]


def flat(folder: Path, text: str) -> list[str]:
    """``name <- sources`` of each layer of a spec."""
    doc = document(folder, INPUT + text)
    assert doc.problems == ()
    return paths(doc)


def findings(folder: Path, text: str) -> tuple[Diagnostic, ...]:
    path = folder / "net.snn.toml"
    path.write_text('format = 1\nname = "net"\ntime_steps = 4\n' + INPUT + text)
    return snnc.check(path)


@pytest.mark.parametrize("example", EXAMPLE.findall(DOCS.read_text("utf-8")))
def test_the_examples_of_the_documentation(tmp_path: Path, example: tuple[str, str]) -> None:
    text, shown = example
    doc = document(tmp_path, f"{INPUT}\n{text}")
    assert doc.problems == ()
    assert [tuple(re.split(r"  +", line)) for line in shown.splitlines()] == layers(doc)


SEW = """
[vars]
width = 4
[defaults]
Linear = { bias = false }
neuron = { detach_reset = true }
[blocks.Basic]
required = ["width"]
parameters = { stride = 1 }
layers = [
  { kind = "Linear", name = "conv1", out_features = "$width" },
  { kind = "IF", name = "sn1" },
  { kind = "Shortcut", name = "down", from = "input", width = "$width", when = "${stride != 1}" },
  { kind = "Add", from = ["sn1", "down"] },
]
[blocks.Shortcut]
required = ["width"]
parameters = { scale = "${2 * width}" }
layers = [{ kind = "Linear", name = "conv", out_features = "$width" }, { kind = "IF", name = "sn" }]
[network]
layers = [
  { kind = "Basic", name = "layer1", width = 4, repeat = 1 },
  { kind = "Basic", name = "layer2", width = 8, repeat = 2, first = { stride = 2 } },
  { kind = "Linear", out_features = 2, from = "layer2" },
  { kind = "LIF" },
]
"""


def test_a_residual_network(tmp_path: Path) -> None:
    assert flat(tmp_path, SEW) == [
        "layer1.0.conv1 <- input",
        "layer1.0.sn1 <- layer1.0.conv1",
        "layer1.0.add1 <- layer1.0.sn1, input",
        "layer2.0.conv1 <- layer1.0.add1",
        "layer2.0.sn1 <- layer2.0.conv1",
        "layer2.0.down.conv <- layer1.0.add1",
        "layer2.0.down.sn <- layer2.0.down.conv",
        "layer2.0.add1 <- layer2.0.sn1, layer2.0.down.sn",
        "layer2.1.conv1 <- layer2.0.add1",
        "layer2.1.sn1 <- layer2.1.conv1",
        "layer2.1.add1 <- layer2.1.sn1, layer2.0.add1",
        "fc1 <- layer2.1.add1",
        "lif1 <- fc1",
    ]


def test_defaults_and_parameters_reach_the_layers(tmp_path: Path) -> None:
    spec = document(tmp_path, INPUT + SEW).spec
    found = {layer.name: layer for layer in spec.network.layers}
    conv = found["layer2.0.down.conv"].model_dump()
    assert (conv["out_features"], conv["bias"]) == (8, False)
    assert found["layer2.1.sn1"].model_dump()["detach_reset"] is True


def test_containers(tmp_path: Path) -> None:
    doc = document(tmp_path, INPUT + SEW)
    blocks = snnc.link(doc).blocks
    assert [*blocks] == ["layer1", "layer1.0", "layer2", "layer2.0", "layer2.0.down", "layer2.1"]
    assert blocks["layer2"] == Repeat(2)
    given_, read = {"width": 8, "stride": 2}, {"input": "layer1.0.add1"}
    assert blocks["layer2.0"] == Use("Basic", given_, read, "layer2.0.add1")
    assert blocks["layer2.0.down"] == Use(
        "Shortcut", {"width": 8, "scale": 16}, read, "layer2.0.down.sn"
    )


def test_the_graph_has_shapes(tmp_path: Path) -> None:
    text = SEW.replace('"input", width', '"input", scale = 3, width').replace("layer1", "layer0")
    graph = snnc.link(document(tmp_path, INPUT + text))
    assert graph["layer2.1.add1"].shape == (8,)
    assert graph.blocks["layer2.0.down"] == Use(
        "Shortcut", {"width": 8, "scale": 3}, {"input": "layer0.0.add1"}, "layer2.0.down.sn"
    )


WHEN = """
[network]
layers = [
  { kind = "LIF", name = "a", when = false },
  { kind = "LIF", name = "b" },
  { kind = "LIF", name = "c", when = false },
  { kind = "LIF", name = "d", from = "c", when = false },
  { kind = "Add", from = ["a", "d", "e@-2", "c@-1"] },
  { kind = "LIF", name = "e", from = "d@-1", when = false },
  { kind = "LIF", when = false },
]
"""


def test_absent_layers_hand_on_what_they_read(tmp_path: Path) -> None:
    doc = document(tmp_path, INPUT + WHEN)
    assert paths(doc) == ["b <- input", "add1 <- input, b, b@-3, b@-1"]
    assert doc.spec.outputs["output"].source == "b@-1"


def test_absent_layers_count_and_need_no_values(tmp_path: Path) -> None:
    text = """
[blocks.A]
parameters = { n = 0 }
layers = [
  { kind = "Linear", out_features = "${8 // n}", when = "${n > 0}" },
  { kind = "Linear", out_features = 4 },
]
[network]
layers = ["A", { kind = "A", n = 2 }]
"""
    assert flat(tmp_path, text) == ["a1.fc2 <- input", "a2.fc1 <- a1.fc2", "a2.fc2 <- a2.fc1"]


def test_a_block_of_nothing_hands_on_its_input(tmp_path: Path) -> None:
    text = """
[blocks.A]
parameters = { there = false }
layers = [{ kind = "LIF", when = "$there" }]
[network]
layers = ["LIF", { kind = "A", repeat = 2 }, { kind = "LIF", from = "a1.1" }]
"""
    assert flat(tmp_path, text) == ["lif1 <- input", "lif2 <- lif1"]


def test_layers_repeat_too(tmp_path: Path) -> None:
    text = """
[network]
layers = [{ kind = "LIF", tau = 2.0, repeat = 2, first = { tau = 3.0 } }, { kind = "LIF" }]
"""
    doc = document(tmp_path, INPUT + text)
    assert paths(doc) == ["lif1.0 <- input", "lif1.1 <- lif1.0", "lif2 <- lif1.1"]
    assert [layer.model_dump()["tau"] for layer in doc.spec.network.layers[:2]] == [3.0, 2.0]


def test_a_kind_and_a_whole_layer_may_be_parameters(tmp_path: Path) -> None:
    text = """
[blocks.A]
required = ["kind1", "layer"]
layers = [{ kind = "$kind1", name = "a" }, "$layer"]
[network]
layers = [{ kind = "A", kind1 = "IF", layer = { kind = "LIF", tau = 3.0 } }]
"""
    doc = document(tmp_path, INPUT + text)
    assert layers(doc) == [("a1.a", "IF", "input"), ("a1.lif1", "LIF", "a1.a")]


def test_parameters_hide_variables_and_use_each_other(tmp_path: Path) -> None:
    text = """
[vars]
n = 2
m = 5
[blocks.A]
parameters = { wide = "${n * 2}", n = "$n" }
layers = [{ kind = "Linear", out_features = "$wide" }, { kind = "B", k = 1 }]
[blocks.B]
required = ["k"]
parameters = { sum = "${k + n + m}" }
layers = [{ kind = "Linear", out_features = "$sum" }]
[network]
layers = ["A", { kind = "A", n = 3 }]
"""
    found = document(tmp_path, INPUT + text).spec.network.layers
    # a block sees the variables, and nothing of the block that uses it
    assert [layer.model_dump()["out_features"] for layer in found] == [4, 8, 6, 8]


def test_outputs_read_blocks(tmp_path: Path) -> None:
    text = """
[blocks.A]
layers = [{ kind = "LIF", name = "x1" }, { kind = "LIF", name = "y" }]
[network]
layers = [{ kind = "A", name = "a", repeat = 2 }, "LIF"]
[outputs.one]
from = "a"
[outputs.two]
from = "a.0.x1"
[outputs.three]
"""
    outputs = document(tmp_path, INPUT + text).spec.outputs
    assert [output.source for output in outputs.values()] == ["a.1.y", "a.0.x1", "lif1"]


BLOCK = """
[blocks.Basic]
required = ["n"]
layers = [
  { kind = "Linear", out_features = "$n" },
  { kind = "LIF", tau = 0.5 },
  { kind = "LIF", bias = true },
]
[blocks.Outer]
layers = [{ kind = "Basic", n = 3 }]
[network]
layers = [{ kind = "Outer" }, { kind = "Basic", n = -4 }, { kind = "Basic", n = -5 }]
"""


def told(found: Diagnostic) -> list[str]:
    """The place and message of a finding and of its notes."""
    about = [(found.place, found.message), *((note.place, note.message) for note in found.notes)]
    return [f"{p.start.line}:{p.start.column} {message}" for p, message in about]


def test_mistakes_in_a_block_are_told_of_its_first_use(tmp_path: Path) -> None:
    errors = [found for found in findings(tmp_path, BLOCK) if found.severity == "error"]
    assert [told(found) for found in errors] == [
        [
            "17:11 unknown key `bias` of LIF",
            "12:26 in block `Basic`, defined here",
            "15:11 in block `Outer`, defined here",
        ],
        [
            "17:11 `tau` must be greater than 1, not 0.5",
            "11:25 in block `Basic`, defined here",
            "15:11 in block `Outer`, defined here",
        ],
        [
            "17:53 `out_features` must be at least 1, not -4",
            "10:37 in block `Basic`, defined here",
        ],
        [
            "17:81 `out_features` must be at least 1, not -5",
            "10:37 in block `Basic`, defined here",
        ],
    ]


def test_shapes_are_told_of_the_use(tmp_path: Path) -> None:
    text = BLOCK.replace("tau = 0.5", "tau = 2.0").replace('"LIF", bias = true', '"BatchNorm2d"')
    (found,) = findings(tmp_path, text.replace("n = -", "n = "))
    assert told(found) == [
        "17:11 `outer1.basic1.bn1`: expected an image [C, H, W], got [3]",
        "12:12 in block `Basic`, defined here",
        "15:11 in block `Outer`, defined here",
        "17:11 `outer1.basic1.lif1` gives [3]",
    ]


def test_chains_of_uses_are_told_in_four_notes(tmp_path: Path) -> None:
    chain = "\n".join(f'[blocks.B{n}]\nlayers = ["B{n + 1}"]' for n in range(8))
    text = (
        f'{chain}\n[blocks.B8]\nlayers = [{{ kind = "LIF", tau = 0 }}]\n[network]\nlayers = ["B0"]'
    )
    (found,) = findings(tmp_path, text)
    assert [note.message for note in found.notes] == [
        f"in block `B{n}`, defined here" for n in (8, 7, 6, 5)
    ]


def test_the_number_of_layers_is_bounded(tmp_path: Path) -> None:
    text = """
[blocks.A]
layers = [{ kind = "LIF", repeat = 1_000_000_000_000 }]
[network]
layers = ["A"]
"""
    (found,) = findings(tmp_path, text)
    assert told(found) == [
        "10:11 the blocks would make more than 20000 layers",
        "8:11 in block `A`, defined here",
    ]


def test_the_size_of_parameters_is_bounded(tmp_path: Path) -> None:
    ten = ", ".join(['"$x"'] * 10)
    blocks = [
        f'[blocks.B{n}]\nrequired = ["x"]\nlayers = [{{ kind = "B{n + 1}", x = [{ten}] }}]\n'
        for n in range(10)
    ]
    text = f'{"".join(blocks)}[blocks.B10]\nrequired = ["x"]\nlayers = ["LIF"]\n'
    found = findings(tmp_path, f'{text}[network]\nlayers = [{{ kind = "B0", x = 1 }}]\n')
    assert [d.message for d in found] == ["the blocks would make more than 1000000 values"]


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    chain = "\n".join(f'[blocks.B{n}]\nlayers = ["B{n + 1}"]' for n in range(2000))
    text = f'{chain}\n[blocks.B2000]\nlayers = ["LIF"]\n[network]\nlayers = ["B0"]'
    assert [d.message for d in findings(tmp_path, text)] == ["blocks nest more than 32 deep"]


def test_long_chains_of_absent_layers(tmp_path: Path) -> None:
    """One after the other, up and down the list, without recursion."""
    up = [f'{{ kind = "LIF", name = "u{n}", when = false }}' for n in range(3000)]
    down = [
        f'{{ kind = "LIF", name = "d{n}", from = "d{n + 1}@-1", when = false }}'
        for n in range(3000)
    ]
    text = ", ".join([*up, '{ kind = "LIF", name = "a", from = "d0@-1" }', *down])
    text = f'[network]\nlayers = [{text}, {{ kind = "LIF", name = "d3000", from = "u2999" }}]\n'
    assert flat(tmp_path, text) == ["a <- d3000@-3001", "d3000 <- input"]


class Entry(NamedTuple):
    """An entry of a list: a layer if it has no body; ``back`` is which entry above it reads."""

    body: "tuple[Entry, ...]"
    repeat: int
    back: int
    there: bool


entries = st.recursive(
    st.builds(Entry, st.just(()), st.integers(0, 2), st.integers(0, 3), st.booleans()),
    lambda inner: st.builds(
        Entry,
        st.lists(inner, min_size=1, max_size=3).map(tuple),
        st.integers(0, 2),
        st.integers(0, 3),
        st.booleans(),
    ),
    max_leaves=12,
)


def written(body: tuple[Entry, ...], header: str, texts: list[str]) -> None:
    """The list as TOML; one block a body, uses of which are ``n0``, ``n1``, …."""
    lines = []
    for at, entry in enumerate(body):
        kind = "LIF"
        if entry.body:
            kind = f"B{len(texts)}"
            texts.append("")
            written(entry.body, f"blocks.{kind}", texts)
        parts = [f'kind = "{kind}"', f'name = "n{at}"']
        parts += [f"repeat = {entry.repeat}"] * bool(entry.repeat)
        parts += [f'from = "{source(at, entry.back)}"'] * bool(entry.back)
        parts += ["when = false"] * (not entry.there)
        lines.append(f"  {{ {', '.join(parts)} }},\n")
    texts.append(f"[{header}]\nlayers = [\n{''.join(lines)}]\n")


def source(at: int, back: int) -> str:
    return f"n{at - back}" if back <= at else "input"


def by_hand(body: tuple[Entry, ...], prefix: str, value: str) -> Iterator[tuple[str, str]]:
    """Each layer with its source; last comes "" with the value of the whole list."""
    values = {"input": value}
    for at, entry in enumerate(body):
        above = source(at, entry.back or 1)
        value = values[above]
        for index in range(entry.repeat or 1) if entry.there else ():
            path = f"{prefix}n{at}.{index}" if entry.repeat else f"{prefix}n{at}"
            if entry.body:
                *inside, (_, value) = by_hand(entry.body, f"{path}.", value)
                yield from inside
            else:
                yield path, value
                value = path
        values[f"n{at}"] = value
    yield "", value


@settings(max_examples=60, deadline=None)
@given(st.lists(entries, min_size=1, max_size=4).map(tuple))
def test_any_nesting_is_what_a_person_flattens(
    tmp_path_factory: pytest.TempPathFactory, body: tuple[Entry, ...]
) -> None:
    texts: list[str] = []
    written((*body, Entry((), 0, 0, True)), "network", texts)
    *wanted, (_, last) = by_hand((*body, Entry((), 0, 0, True)), "", "input")
    doc = document(tmp_path_factory.getbasetemp(), INPUT + "".join(texts))
    assert [(name, read) for name, _, read in layers(doc)] == wanted
    assert doc.spec.outputs["output"].source == last
    assert [node.path for node in snnc.link(doc).nodes] == ["input", *dict(wanted), "output"]
