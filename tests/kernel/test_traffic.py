"""Bytes of fused kernels: the sweeps that are counted are the reads and writes of the C text."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import snnc
from snnc.backends import cpu, places, recurrent
from snnc.commands import show
from snnc.kernel.build import kernel
from snnc.kernel.traffic import Around, sweeps, traffic
from snnc.kernel.types import Kernel
from snnc.neuron import Neuron
from snnc.neurons.alif import ALIF
from snnc.neurons.if_ import IF
from snnc.neurons.li import LI
from snnc.neurons.lif import LIF
from snnc.neurons.plif import PLIF
from snnc.neurons.synapse_filter import SynapseFilter
from snnc.number import Value
from snnc.window import Window
from tests.support.nets import document

KINDS: dict[str, Neuron] = {
    "if": IF(),
    "lif": LIF(),
    "plif": PLIF(),
    "alif": ALIF(),
    "li": LI(),
    "synapse": SynapseFilter(tau=Value(value=2.0, learnable=True)),
}
FORMS = {
    "plain": Around(),
    "pooled": Around(window=Window("max", 2, 2)),
    "averaged": Around(window=Window("avg", 3, 2)),
    "normed": Around(normed=True),
    "both": Around(True, Window("max", 2, 2)),
    "recurrent": Around(recurrent=True),
}


def text(made: Kernel, around: Around) -> tuple[str, str]:
    """The C text of the forward and of the backward loop."""
    if around.recurrent:
        whole = recurrent.loops(made)
    elif around.normed or around.window:
        joined = replace(made, joined=True)
        window = around.window
        whole = places.loops(joined, window) if window else cpu.loops(joined)
        whole = whole.replace("OUTPUT[", "output[").replace("GRADIENT", "LOAD(g_output[j])")
        lines = whole.splitlines(keepends=True)
        whole = "".join(x for x in lines if around.normed or "NORM_" not in x)
    else:
        whole = cpu.loops(made)
    forward, name, backward = whole.partition(f"void {made.name}")[2].partition("\nvoid ")
    assert name
    return forward, backward


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_counted_is_what_the_c_text_reads_and_writes(kind: str, form: str) -> None:
    around = FORMS[form]
    made = kernel(kind, KINDS[kind], recurrent=around.recurrent)
    counted = {sweep.name: sweep for sweep in sweeps(made, around)}
    for name, c in zip(("forward", "backward"), text(made, around), strict=True):
        body = c.partition("{")[2]
        # names of equations end in _data where C reads them from memory
        reads = {name.removesuffix("_data") for name in re.findall(r"LOAD\((\w+)\[", body)}
        writes = set(re.findall(r"STORE\((\w+)\[", body)) | set(re.findall(r"(g_fed)\[at", body))
        writes = {name.removesuffix("_data") for name in writes}
        if around.recurrent and name == "forward":
            reads -= {"output"}  # what it has just written, rounded as it is stored
        assert reads == set(counted[name].reads)
        assert writes == set(counted[name].writes)


@pytest.mark.parametrize(
    ("around", "inputs", "forward", "backward"),
    [
        (Around(), 1, 4 + 4, 4 + 4 + 4),
        (Around(), 1 / 4, 1 + 4, 1 + 4 + 1),
        (Around(window=Window("max", 2, 2)), 1, 4 + 1, 4 + 1 + 4),
        (Around(normed=True), 1, 4 + 4 + 4, (4 + 4 + 4) + (4 + 4 + 4)),
        (Around(True, Window("max", 2, 2)), 1, 4 + (4 + 1), (4 + 1 + 4) + (4 + 4 + 4)),
        (Around(True, Window("avg", 3, 3)), 1 / 4, 1 + 1 + 4 / 9, (1 + 4 / 9 + 1) + 3),
        (Around(recurrent=True), 1, 4 + 4, 4 + 4 + 4 + 4),
    ],
)
def test_bytes(around: Around, inputs: float, forward: float, backward: float) -> None:
    moved = traffic(kernel("if", IF(), recurrent=around.recurrent), around, inputs)
    assert moved.forward == pytest.approx(forward)
    assert moved.backward == pytest.approx(backward)
    assert moved.training == pytest.approx(forward + backward)


def test_what_needs_no_input_for_its_gradient_does_not_read_it_again() -> None:
    moved = traffic(kernel("li", LI()))
    assert (moved.forward, moved.backward) == (8, 8)


CONV = '{ kind = "Conv2d", out_channels = 4, kernel_size = 3, padding = 1 },'
NET = """
[input]
shape = [1, 8, 8]

[network]
layers = [
  %s
  "BatchNorm2d",
  { kind = "IF", name = "first" },
  %s
  "BatchNorm2d",
  { kind = "IF", name = "second" },
  { kind = "MaxPool2d", kernel_size = 2 },
  %s
  { kind = "IF", name = "third" },
  { kind = "MaxPool2d", kernel_size = 2 },
  "Flatten",
  { kind = "Linear", out_features = 4 },
  { kind = "IF", name = "last" },
]
"""
FED_BACK = """
[input]
shape = [12]

[network]
layers = [
  { kind = "Linear", out_features = 9 },
  "BatchNorm1d",
  { kind = "IF", name = "hidden", feedback = "Add" },
  { kind = "Linear", out_features = 9 },
  { kind = "IF", name = "again", feedback = "Linear" },
]
"""


def shown(folder: Path, body: str, *settings: str) -> dict[str, tuple[str, float, bool]]:
    """Of every layer in a kernel: its kernel, the bytes of a training step, a static input.

    Without kernels of several layers, which store nothing between them.
    """
    doc = document(folder, body.lstrip(), 4, *settings)
    found = show.fused(snnc.lower(snnc.link(doc), doc.spec.build.schedule, without={"whole"}))
    return {
        one.layer: (one.kernel, one.bytes_forward + one.bytes_backward, one.static_input)
        for one in found
    }


def test_show_counts_the_kernels_that_there_are(tmp_path: Path) -> None:
    assert shown(tmp_path, NET % (CONV, CONV, CONV)) == {
        "first": ("if_normed", 1 + 5 + 6 + 3, True),
        "second": ("if_max_2x2_normed", 30, False),
        "third": ("if_max_2x2", 14, False),
        "last": ("if", 20, False),
    }


def test_show_counts_the_inputs_of_kernels_with_feedback(tmp_path: Path) -> None:
    found = shown(tmp_path, FED_BACK)
    assert found["hidden"][1:] == (11, True)
    assert found["again"][1:] == (24, False)


def test_a_loop_that_is_written_out_is_no_kernel(tmp_path: Path) -> None:
    assert shown(tmp_path, NET % (CONV, CONV, CONV), 'build.schedule="step"') == {}


def test_show_says_what_each_sweep_moves(tmp_path: Path) -> None:
    doc = document(tmp_path, (NET % (CONV, CONV, CONV)).lstrip())
    program = snnc.lower(snnc.link(doc), "fold")
    line = (
        "kernel if_max_2x2_normed (second): 30 bytes per neuron and time step in training "
        "(statistics 4 + forward 5 + backward 9 + finish 12, fp32)"
    )
    assert line in show.as_text(program).splitlines()
    kernels = {one["layer"]: one for one in json.loads(show.as_json(program))["kernels"]}
    parts = {"statistics": 4.0, "forward": 5.0, "backward": 9.0, "finish": 12.0}
    assert kernels["second"]["sweeps"] == parts
    assert (kernels["second"]["bytes_forward"], kernels["second"]["bytes_backward"]) == (9, 21)


CHAIN = """
[input]
shape = [9]
encoder = "none"
[network]
layers = [{ kind = "Linear", name = "a", out_features = 7 }, { kind = "IF", name = "b" }]
"""


def test_show_says_which_chains_are_one_kernel(tmp_path: Path) -> None:
    """And which are too large for one, with the limit."""
    program = snnc.lower(snnc.link(document(tmp_path, CHAIN)), "fold")
    line = (
        "one kernel (a, b, output): 63 weights fit the cache of a core, nothing between is stored"
    )
    assert line in show.as_text(program).splitlines()
    assert json.loads(show.as_json(program))["chains"] == [
        {"layers": ["a", "b", "output"], "weights": 63, "one_kernel": True}
    ]
    large = snnc.lower(snnc.link(document(tmp_path, CHAIN.replace("7", "1000"))), "fold")
    line = "layer by layer (a, b, output): 9,000 weights, one kernel takes at most 8,192 weights"
    assert f"{line} and 512 neurons a layer" in show.as_text(large).splitlines()
