"""Norm: the batch normalisation before a neuron becomes part of its kernel."""

from dataclasses import replace
from pathlib import Path

import pytest

import snnc
from snnc.commands.show import as_text
from snnc.passes.norm import Norm
from snnc.program.placement import placement
from snnc.program.text import text
from snnc.program.types import Program, Scan
from snnc.program.verify import IllegalProgram, verify
from tests.support.nets import document

HEAD = '[input]\nshape = [2, 6, 7]\nencoder = "{encoder}"\n'
CONV = '{ kind = "Conv2d", out_channels = 2, kernel_size = 3, padding = 1 }'
MAX = '{ kind = "MaxPool2d", kernel_size = 2 }'


def lowered(folder: Path, layers: str, encoder: str = "none", **how: str) -> Program:
    spec = HEAD.format(encoder=encoder) + f"[network]\nlayers = [{layers}]\n"
    return snnc.lower(snnc.link(document(folder, spec)), **how)


def forms(program: Program) -> list[str]:
    return [region.form for region in program.regions if isinstance(region, Scan)]


def test_all_three_are_one_kernel(tmp_path: Path) -> None:
    program = lowered(tmp_path, f'{CONV}, "BatchNorm2d", "IF", {MAX}')
    assert (
        text(program)
        == """\
program net, T = 4
fold
  input = none(input.data)                 [2, 6, 7]
  conv1 = Conv2d(input)                    [2, 6, 7]
scan normed, carries if1.v = 0.0, yields pool1
  bn1 = BatchNorm2d(conv1)                 [2, 6, 7]
  if1 = IF(bn1)                            [2, 6, 7]
  pool1 = MaxPool2d(if1)                   [2, 3, 3]
once
  output = mean(pool1)                     [2, 3, 3]
"""
    )
    reasons = {row.name: row.reason for row in placement(program)}
    assert reasons["bn1"] == "not hoisted: conv1 changes over time; in one kernel with if1"
    assert reasons["if1"] == "not hoisted: has a state: its output changes over time"
    assert reasons["pool1"] == "not hoisted: if1 changes over time; in one kernel with it"


def test_a_static_input_is_read_once(tmp_path: Path) -> None:
    program = lowered(tmp_path, f'{CONV}, "BatchNorm2d", "IF"', "direct")
    assert forms(program) == ["normed"]
    rows = {row.name: row for row in placement(program)}
    assert rows["bn1"].region == "before"
    assert (
        rows["bn1"].reason == "static: its input does not change over time; in one kernel with if1"
    )
    assert rows["if1"].region == "time"
    shown = as_text(program)
    assert "hoisted out of the time loop: conv1, bn1\n" in shown
    line = next(line for line in shown.splitlines() if line.startswith("kernel if"))
    assert line.endswith("; its input is read once for all steps")


@pytest.mark.parametrize(
    "layers",
    [
        f'{CONV}, "TDBatchNorm2d", "IF"',
        f'{CONV}, {{ kind = "BatchNorm2d", affine = false }}, {{ kind = "LIF", tau = 3.0 }}',
        f'{CONV}, "BatchNorm2d", "LI"',
        '"Flatten", "BatchNorm1d", "IF"',
    ],
)
def test_what_is_one_kernel(tmp_path: Path, layers: str) -> None:
    assert forms(lowered(tmp_path, layers)) == ["normed"]


@pytest.mark.parametrize(
    "layers",
    [
        '{ kind = "BatchNorm2d", stats = "step" }, "IF"',
        '"TEBN2d", "IF"',
        '"BNTT2d", "IF"',
        '{ kind = "GroupNorm", num_groups = 2 }, "IF"',
        '"BatchNorm2d", "ReLU", "IF"',
        '{ kind = "BatchNorm2d", name = "n" }, "IF", { kind = "Add", from = ["n", "if1"] }',
        '"BatchNorm2d", { kind = "IF", feedback = "add" }',
    ],
)
def test_what_stays_apart(tmp_path: Path, layers: str) -> None:
    assert forms(lowered(tmp_path, f"{CONV}, {layers}")) == ["kernel"]


def test_step_by_step_it_stays_apart(tmp_path: Path) -> None:
    assert forms(lowered(tmp_path, f'{CONV}, "BatchNorm2d", "IF"', schedule="step")) == [
        "loop",
        "loop",
    ]


@pytest.mark.parametrize(
    ("change", "law"),
    [
        (lambda s: replace(s, yields=("bn1", "if1")), "bn1 is read, but only its neuron knows it"),
        (lambda s: replace(s, ops=(s.ops[1], s.ops[0])), "a normalisation and one neuron"),
    ],
)
def test_a_kernel_keeps_what_is_normalised(tmp_path: Path, change: object, law: str) -> None:
    """The laws that no pass may break."""
    program = lowered(tmp_path, '"Identity", "BatchNorm2d", "IF"')
    at = next(i for i, r in enumerate(program.regions) if isinstance(r, Scan))
    regions = list(program.regions)
    assert callable(change)
    regions[at] = change(regions[at])
    with pytest.raises(IllegalProgram, match=f"{law}|before it is there"):
        verify(Program(program.graph, tuple(regions)))


def test_a_chunk_stays(tmp_path: Path) -> None:
    program = lowered(tmp_path, f'{CONV}, "BatchNorm2d", "IF"')
    chunked = replace(program, time_chunk=2)
    assert Norm().apply(chunked).time_chunk == 2
