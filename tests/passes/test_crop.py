"""Crop: what is cut, what must not be, and that every number stays what it was."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import snnc
from snnc import network
from snnc.commands.show import as_text
from snnc.document import Document
from snnc.program.cropped import unlawful
from snnc.program.text import text
from snnc.program.types import Program
from snnc.program.verify import IllegalProgram, verify
from tests.support.nets import document, pair, same

HEAD = """
[input]
shape = {shape}
encoder = "{encoder}"
[network]
layers = [
{layers}
]
"""
CONV = '{ kind = "Conv2d", out_channels = 4, kernel_size = 3 }'
PADDED = '{ kind = "Conv2d", out_channels = 4, kernel_size = 3, padding = 1 }'
POOL = '{ kind = "AvgPool2d", kernel_size = 2 }'
LARGEST = '{ kind = "MaxPool2d", kernel_size = 2 }'
END = '"Flatten", { kind = "Linear", out_features = 3 }, "LIF"'
LAYER = '{ kind = "LIF", tau = { value = 2.0, per = "neuron" } }'
CHANNEL = '{ kind = "LIF", tau = { value = 2.0, per = "channel", learnable = true } }'


def spec(
    folder: Path, layers: str, shape: str = "[2, 9, 9]", encoder: str = "direct", more: str = ""
) -> Document:
    return document(folder, HEAD.format(layers=layers, shape=shape, encoder=encoder) + more)


def program(doc: Document, schedule: str = "fold") -> Program:
    return snnc.lower(snnc.link(doc), schedule)


def crops(doc: Document) -> dict[str, tuple[int, ...]]:
    return {name: corner[1:] for name, corner in program(doc).cropped}


OUTPUTS = '[outputs.one]\nfrom = "a"\n[outputs.two]\n'
BRANCHES = """
{ kind = "Conv2d", name = "a", out_channels = 2, kernel_size = 2, stride = 2 },
{ kind = "AvgPool2d", name = "b", kernel_size = 1, stride = 2, from = "input" },
{ kind = "Conv2d", name = "c", out_channels = 2, kernel_size = 4, stride = 2, padding = 1, \
  from = "input" },
{ kind = "Add", from = ["a", "b", "c"] },
"""
RESIDUAL = f"""
{{ kind = "Conv2d", name = "a", out_channels = 2, kernel_size = 3, padding = 1 }},
{{ kind = "LIF", name = "b" }},
{{ kind = "Add", from = ["b", "input"] }}, {POOL}, {CONV}
"""
CIRCULAR = f'{PADDED[:-1]}, padding_mode = "circular" }}'
LINE = '{ kind = "Conv1d", out_channels = 4, kernel_size = 3 }'
VOLUME = '{ kind = "Conv3d", out_channels = 2, kernel_size = 2 }'
THREES = '{ kind = "MaxPool1d", kernel_size = 3 }'
CUBES = '{ kind = "AvgPool3d", kernel_size = 2 }'
DELAYED = '{ kind = "Add", from = ["conv1", "conv1@-1"] }'
CYCLE = '{ kind = "Add", from = ["conv1", "a@-1"] }'
NAMED = '{ kind = "LIF", name = "a" }'
COLUMNS = '{ kind = "Softmax", dim = -1 }'
BEHIND = f'"LIF", {POOL}, {END}'  # of 9 rows behind a 3x3 convolution 8 are read
AGAIN = f'"LIF", {POOL}, {CONV}, {BEHIND}'
SIZE, LARGER = "[2, 9, 9]", "[2, 11, 11]"

Cut = dict[str, tuple[int, ...]]
AT_INPUT: Cut = {"input": (8, 8)}
CASES: dict[str, tuple[str, Cut, str, str]] = {
    # name: layers, what is cut to which sizes, shape, encoder
    "at the input": (f"{CONV}, {BEHIND}", AT_INPUT, SIZE, "direct"),
    "two pools": (f"{CONV}, {AGAIN}", {"input": (10, 10)}, "[1, 13, 13]", "direct"),
    "nothing odd": (f"{CONV}, {BEHIND}", {}, "[2, 8, 8]", "direct"),
    "one axis": (f"{CONV}, {BEHIND}", AT_INPUT, "[2, 9, 8]", "direct"),
    "a number a channel": (f"{CONV}, {CHANNEL}, {POOL}, {END}", AT_INPUT, SIZE, "direct"),
    "a number a neuron": (f"{CONV}, {LAYER}, {POOL}, {END}", {}, SIZE, "direct"),
    "behind it": (f"{CONV}, {LAYER}, {CONV}, {BEHIND}", {"lif1": (8, 8)}, LARGER, "direct"),
    "a mask of elements": (f'{CONV}, "Dropout", {BEHIND}', {}, SIZE, "direct"),
    "a mask of channels": (f'{CONV}, "Dropout2d", {BEHIND}', AT_INPUT, SIZE, "direct"),
    "statistics of all": (f'{CONV}, "BatchNorm2d", {BEHIND}', {}, SIZE, "direct"),
    "behind statistics": (f'"BatchNorm2d", {CONV}, {BEHIND}', {"bn1": (8, 8)}, SIZE, "direct"),
    "channels compete": (f'"Softmax", {CONV}, {BEHIND}', {"softmax1": (8, 8)}, SIZE, "direct"),
    "columns compete": (
        f"{PADDED}, {COLUMNS}, {CONV}, {AGAIN}",
        {"softmax1": (10, 10)},
        "[2, 13, 13]",
        "direct",
    ),
    "a border that is read": (f"{PADDED}, {BEHIND}", {}, SIZE, "direct"),
    "a border that is not": (f"{PADDED}, {AGAIN}", {"input": (9, 9)}, LARGER, "direct"),
    "a circle": (f"{CIRCULAR}, {AGAIN}", {"pool1": (4, 4)}, LARGER, "direct"),
    "a residual": (f"{RESIDUAL}, {POOL}, {END}", {"input": (9, 9)}, LARGER, "direct"),
    "two strides": (f"{BRANCHES} {LARGEST}, {BEHIND}", {}, "[2, 18, 18]", "direct"),
    "sequence data": (f"{CONV}, {BEHIND}", AT_INPUT, SIZE, "none"),
    "drawn spikes": (f"{CONV}, {BEHIND}", AT_INPUT, SIZE, "poisson"),
    "one axis of two": (f'{LINE}, "LIF", {THREES}, {END}', {"input": (8,)}, "[2, 10]", "direct"),
    "volumes": (
        f'{VOLUME}, "LIF", {CUBES}, {END}',
        {"input": (5, 5, 5)},
        "[1, 6, 5, 6]",
        "direct",
    ),
    "behind the mean": (f'{CONV}, "LIF", {POOL}', AT_INPUT, SIZE, "direct"),
    "a delay": (f"{CONV}, {DELAYED}, {BEHIND}", {}, SIZE, "direct"),
    "a cycle": (
        f"{CONV}, {CYCLE}, {NAMED}, {POOL}, {CONV}, {BEHIND}",
        {"pool1": (4, 4)},
        "[2, 13, 13]",
        "direct",
    ),
}
"""What is 9 rows in front of a convolution of 3, and 7 behind it, is read up to the sixth."""


@pytest.mark.parametrize("case", CASES)
def test_what_is_cut_and_nothing_changes(tmp_path: Path, case: str) -> None:
    layers, cut, shape, encoder = CASES[case]
    doc = spec(tmp_path, layers, shape, encoder)
    assert crops(doc) == cut
    same(pair(doc))


@pytest.mark.parametrize("case", ["drawn spikes", "behind it", "a residual"])
def test_the_loop_over_time_is_cut_as_well(tmp_path: Path, case: str) -> None:
    layers, _, shape, encoder = CASES[case]
    doc = spec(tmp_path, layers, shape, encoder, '[build]\nschedule = "step"\n')
    assert snnc.plan(doc, snnc.link(doc)).cropped
    same(pair(doc))


def test_the_slice_is_a_statement_that_says_why(tmp_path: Path) -> None:
    doc = spec(tmp_path, f'{CONV}, "LIF", {POOL}, {END}', "[2, 9, 8]")
    code = snnc.emit(doc).package["model.py"]
    line = "        x = x[..., :8, :]  # the rest reaches no output\n"
    assert code.count(line) == 1
    assert code.index("# Before the time loop") < code.index(line) < code.index("self.conv1(x)")
    long = "a_name_that_leaves_no_room"
    conv = f'{CONV[:-1]}, from = "{long}", name = "%s" }}'
    both = f'{conv % "a"}, {conv % "b"}, {{ kind = "Add", from = ["a", "b"] }}'
    layers = f'{CONV}, {LAYER[:-1]}, name = "{long}" }}, {both}, {BEHIND}'
    code = snnc.emit(spec(tmp_path, layers, LARGER)).package["model.py"]
    cut = f"        {long} = {long}[..., :8, :8]\n"
    assert f"        # the rest reaches no output\n{cut}" in code


def test_the_table_says_what_reaches_an_output_and_counts_that(tmp_path: Path) -> None:
    made = program(spec(tmp_path, f'{CONV}, "LIF", {POOL}, {END}', "[1, 9, 8]"))
    shown = as_text(made)
    assert "6 of 7 rows reach an output" in shown
    assert "cropped to what reaches an output: input to [1, 8, 8]\n" in shown
    assert f"{4 * 9 * 7 * 6 * 4:,}" in shown  # as written, at each of 4 steps
    assert f"{4 * 9 * 6 * 6:,}" in shown  # hoisted and cropped
    assert "[1, 8, 8] of [1, 9, 8], cropped here\n" in text(made)
    square = program(spec(tmp_path, f'{CONV}, "LIF", {POOL}, {END}'))
    assert "6 of 7 rows and columns reach an output" in as_text(square)


def test_an_output_is_whole(tmp_path: Path) -> None:
    outputs = '[outputs.one]\nfrom = "a"\n[outputs.two]\n'
    layers = f"{CONV}, {NAMED}, {POOL}, {CONV}, {BEHIND}"
    assert crops(spec(tmp_path, layers, "[2, 13, 13]")) == {"input": (10, 10)}
    doc = spec(tmp_path, layers, "[2, 13, 13]", more=outputs)
    assert crops(doc) == {"pool1": (4, 4)}
    same(pair(doc))


def test_build_passes_leaves_it_out(tmp_path: Path) -> None:
    doc = spec(tmp_path, CASES["at the input"][0], more='[build]\npasses = ["hoist", "sink"]\n')
    assert snnc.plan(doc, snnc.link(doc)).cropped == ()
    assert "the rest reaches no output" not in snnc.emit(doc).package["model.py"]


def test_what_a_penalty_looks_at_is_whole(tmp_path: Path) -> None:
    layers = f'{CONV}, "LIF", {POOL}, {CONV}, {{ kind = "LIF", name = "b" }}, {LARGEST}, {END}'
    train = '[train]\ndataset = "MNIST"\nloss = "cross_entropy"\nepochs = 1\nbatch_size = 2\n'
    train += 'optimizer = { kind = "Adam" }\npenalties = [{ kind = "firing_rate", of = "%s", '
    train += "target = 0.1, weight = 1.0 }]\n"
    layers = layers.replace("out_features = 3", "out_features = 10")
    first, second = (
        crops(spec(tmp_path, layers, "[1, 28, 28]", more=train % of)) for of in ("lif1", "b")
    )
    assert first == {"pool1": (12, 12)}
    assert second == {}


def test_states_are_as_large_as_what_is_computed_and_go_on(tmp_path: Path) -> None:
    doc = spec(tmp_path, f'{CONV}, "LIF", {POOL}, {END}')
    net: Any = network(doc)(time_steps=6)
    x, state = torch.rand(3, 2, 9, 9), dict[str, torch.Tensor]()
    whole = net(x)
    parts = [net(x, time_steps=2, state=state) for _ in range(3)]
    assert state["lif1.v"].shape == (3, 4, 6, 6)
    assert net.values(x)["lif1"].shape == (6, 3, 4, 7, 7)
    assert torch.allclose(sum(parts) / 3, whole, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "corner", "sentence"),
    [
        ("input", (2, 7, 8), "input is cropped to \\[2, 7, 8\\], but \\[2, 8, 8\\] is needed"),
        ("input", (1, 8, 8), "input is cropped to what is no corner of it"),
        ("input", (2, 10, 8), "input is cropped to what is no corner of it"),
        ("input", (2, 8), "input is cropped to what is no corner of it"),
        ("output", (2,), "output is cropped to what is no corner of it"),
        ("pool1", (4, 2, 2), "pool1 is cropped to \\[4, 2, 2\\], but \\[4, 3, 3\\] is needed"),
        ("nobody", (2, 8, 8), "nobody is cropped, but is no value of its own"),
    ],
)
def test_the_laws(tmp_path: Path, name: str, corner: tuple[int, ...], sentence: str) -> None:
    made = program(spec(tmp_path, f'{CONV}, "LIF", {POOL}, {END}'))
    assert [*unlawful(made)] == []
    with pytest.raises(IllegalProgram, match=sentence):
        verify(replace(made, cropped=((name, corner),)))


def test_a_value_inside_a_kernel_and_a_past_are_not_cut(tmp_path: Path) -> None:
    layers = f'{CONV}, {{ kind = "LIF", name = "a", feedback = "add" }}, {POOL}, {END}'
    made = program(spec(tmp_path, layers))
    hidden = [name for name in made.whole if name.startswith("a") and name != "a"]
    assert hidden
    for name in hidden:
        with pytest.raises(IllegalProgram, match="is no value of its own"):
            verify(replace(made, cropped=((name, made.whole[name]),)))
