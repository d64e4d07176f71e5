"""``feedback`` is short for layers that read a value one step earlier."""

from pathlib import Path

import pytest

import snnc
from snnc.blocks import InferredSize
from tests.blocks.test_blocks import INPUT, findings, layers, paths, told
from tests.support.nets import document

NET = '[network]\nlayers = [{ kind = "Linear", out_features = 8 }, %s]\n'
OWN = """
[neurons.Gate]
inputs = ["x", "y"]
parameters = { a = 0.5 }
step = "s = x * (1 - a * y)"
output = "s"
[neurons.Three]
inputs = ["x", "y", "z"]
step = "s = x * y * z"
output = "s"
"""


def net(entry: str) -> str:
    return INPUT + OWN + NET % entry


def test_a_merge(tmp_path: Path) -> None:
    doc = document(tmp_path, net('{ kind = "IF", name = "h", feedback = "add" }, "LIF"'))
    assert layers(doc) == [
        ("fc1", "Linear", "input"),
        ("h.feedback", "Add", "fc1, h@-1"),
        ("h", "IF", "h.feedback"),
        ("lif1", "LIF", "h"),
    ]
    assert doc.sizes == {}


@pytest.mark.parametrize(
    ("feedback", "a"), [('"Gate"', 0.5), ('{ kind = "Gate", a = 0.25 }', 0.25)]
)
def test_any_merge_of_two(tmp_path: Path, feedback: str, a: float) -> None:
    doc = document(tmp_path, net(f'{{ kind = "IF", name = "h", feedback = {feedback} }}'))
    assert layers(doc)[1:] == [("h.feedback", "Gate", "fc1, h@-1"), ("h", "IF", "h.feedback")]
    assert doc.spec.network.layers[1].model_dump()["a"] == a


def test_a_layer_on_the_way_back(tmp_path: Path) -> None:
    entry = '{ kind = "IF", name = "h", feedback = { kind = "Linear", bias = false } }'
    doc = document(tmp_path, net(entry))
    assert layers(doc)[1:] == [
        ("h.feedback", "Linear", "h@-1"),
        ("h.merged", "Add", "fc1, h.feedback"),
        ("h", "IF", "h.merged"),
    ]
    assert doc.spec.network.layers[1].model_dump()["bias"] is False
    assert doc.sizes == {"h.feedback": InferredSize("out_features", "fc1")}


IMAGE = """[input]
shape = [2, 6, 6]
[network]
layers = [{ kind = "Conv2d", kernel_size = 3, out_channels = 5 }, %s]
"""
BACK = '{ kind = "Conv2d", kernel_size = 3, padding = %d }'


def test_sizes_are_inferred(tmp_path: Path) -> None:
    entry = '{ kind = "IF", name = "h", feedback = { kind = "Linear", bias = false } }'
    graph = snnc.link(document(tmp_path, net(entry)))
    assert graph["h.feedback"].shape == graph["h"].shape == (8,)
    assert graph["h.feedback"].operator.parameters((8,)) == 64
    entry = f'{{ kind = "IF", name = "h", feedback = {BACK % 1} }}'
    graph = snnc.link(document(tmp_path, IMAGE % entry))
    assert graph["h.feedback"].shape == graph["h.merged"].shape == (5, 4, 4)


def test_what_comes_back_must_fit(tmp_path: Path) -> None:
    entry = f'{{ kind = "IF", name = "h", feedback = {BACK % 0} }}'
    with pytest.raises(snnc.Findings) as raised:
        snnc.link(document(tmp_path, IMAGE % entry))
    (found,) = raised.value.diagnostics
    assert found.message == "`h.merged`: cannot add [5, 2, 2] to [5, 4, 4]"


@pytest.mark.parametrize(
    ("feedback", "sizes"),
    [
        ('{ kind = "Linear", out_features = 8 }', {}),
        ('{ kind = "LIF", tau = 3.0 }', {}),
        (
            '{ kind = "Conv2d", kernel_size = 3, padding = 1 }',
            {"h.feedback": InferredSize("out_channels", "fc1")},
        ),
    ],
)
def test_sizes_that_are_not_stated(
    tmp_path: Path, feedback: str, sizes: dict[str, InferredSize]
) -> None:
    doc = document(tmp_path, net(f'{{ kind = "IF", name = "h", feedback = {feedback} }}'))
    assert doc.sizes == sizes


def test_a_block_on_the_way_back(tmp_path: Path) -> None:
    text = '[blocks.B]\nlayers = [{ kind = "Linear", name = "a", out_features = 8 }, "LIF"]\n'
    doc = document(tmp_path, net('{ kind = "IF", name = "h", feedback = "B" }') + text)
    assert paths(doc)[1:] == [
        "h.feedback.a <- h@-1",
        "h.feedback.lif1 <- h.feedback.a",
        "h.merged <- fc1, h.feedback.lif1",
        "h <- h.merged",
    ]


def test_defaults_are_taken_and_switched_off(tmp_path: Path) -> None:
    text = """
[defaults]
neuron = { feedback = { kind = "Linear" } }
Linear = { bias = false }
"""
    entry = (
        '"IF", { kind = "IF", feedback = "none" }, { kind = "IF", feedback = { kind = "none" } }'
    )
    doc = document(tmp_path, net(f'{entry}, {{ kind = "LI", feedback = "LIF" }}') + text)
    assert paths(doc) == [
        "fc1 <- input",
        "if1.feedback <- if1@-1",
        "if1.merged <- fc1, if1.feedback",
        "if1 <- if1.merged",
        "if2 <- if1",
        "if3 <- if2",
        "li1.feedback <- li1@-1",  # a LIF there has none of its own
        "li1.merged <- if3, li1.feedback",
        "li1 <- li1.merged",
    ]
    assert doc.spec.network.layers[1].model_dump()["bias"] is False


def test_in_blocks_and_repetitions(tmp_path: Path) -> None:
    text = """
[blocks.B]
layers = [
  { kind = "IF", name = "h", feedback = "add", repeat = 2 },
  { kind = "IF", feedback = "add", when = false },
  { kind = "IF", from = "h.0.feedback" },
]
"""
    doc = document(tmp_path, net('{ kind = "B", name = "b" }') + text)
    assert paths(doc)[1:] == [
        "b.h.0.feedback <- fc1, b.h.0@-1",
        "b.h.0 <- b.h.0.feedback",
        "b.h.1.feedback <- b.h.0, b.h.1@-1",
        "b.h.1 <- b.h.1.feedback",
        "b.if3 <- b.h.0.feedback",
    ]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            '{ kind = "IF", feedback = 3 }',
            "`feedback` must be the name of a kind or a table, not 3",
        ),
        ('{ kind = "IF", feedback = "Three" }', "Three takes 3"),
        ('{ kind = "IF", feedback = { bias = true } }', "a feedback needs `kind`"),
        ('{ kind = "IF", feedback = { kind = "Add", name = "a" } }', "`name` cannot stand in"),
        ('{ kind = "IF", feedback = { kind = "Linaer" } }', "there is no layer `Linaer`"),
        ('{ kind = "IF", feedback = { kind = "Linear", bais = 1 } }', "unknown key `bais` of"),
        ('{ kind = "Gate", from = ["fc1", "input"], feedback = "add" }', "is for layers of one"),
        ('{ kind = "IF", from = ["fc1", "input"], feedback = "add" }', "IF takes one input, not 2"),
    ],
)
def test_refusals(tmp_path: Path, entry: str, said: str) -> None:
    (found,) = findings(tmp_path, OWN + NET % entry)
    assert said in found.message


def test_a_refusal_in_a_block_is_told_of_its_use(tmp_path: Path) -> None:
    text = '[blocks.B]\nlayers = [{ kind = "IF", feedback = { kind = "Linear", bais = 1 } }]\n'
    (found,) = findings(tmp_path, text + '[network]\nlayers = ["B"]\n')
    assert told(found) == [
        "9:11 unknown key `bais` of Linear",
        "7:63 in block `B`, defined here",
    ]
