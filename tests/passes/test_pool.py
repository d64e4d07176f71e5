"""Pool: the pooling behind a neuron becomes part of its kernel."""

from dataclasses import replace
from pathlib import Path

import pytest

import snnc
from snnc.passes.pool import PoolInKernel
from snnc.program.placement import placement
from snnc.program.text import text
from snnc.program.types import Program, Scan
from snnc.program.verify import IllegalProgram, _scan, verify
from tests.support.nets import document

HEAD = '[input]\nshape = [2, 6, 7]\nencoder = "none"\n'
MAX = '{ kind = "MaxPool2d", kernel_size = 2 }'
TAIL = '"Flatten", { kind = "Linear", out_features = 3 }, "IF"'


def lowered(folder: Path, layers: str, more: str = "") -> Program:
    spec = f"{HEAD}{more}[network]\nlayers = [{layers}]\n"
    return snnc.lower(snnc.link(document(folder, spec)), without={"whole"})


def forms(program: Program) -> list[str]:
    return [region.form for region in program.regions if isinstance(region, Scan)]


def test_both_are_one_kernel(tmp_path: Path) -> None:
    program = lowered(tmp_path, f'"IF", {MAX}, {TAIL}')
    assert (
        text(program)
        == """\
program net, T = 4
fold
  input = none(input.data)                 [2, 6, 7]
scan pooled, carries if1.v = 0.0, yields pool1
  if1 = IF(input)                          [2, 6, 7]
  pool1 = MaxPool2d(if1)                   [2, 3, 3]
fold
  flatten1 = Flatten(pool1)                [18]
  fc1 = Linear(flatten1)                   [3]
scan kernel, carries if2.v = 0.0, yields if2
  if2 = IF(fc1)                            [3]
once
  output = mean(if2)                       [3]
"""
    )
    reasons = {row.name: row.reason for row in placement(program)}
    assert reasons["if1"] == "not hoisted: has a state: its output changes over time"
    assert reasons["pool1"] == "not hoisted: if1 changes over time; in one kernel with it"


@pytest.mark.parametrize(
    "pool",
    [
        '{ kind = "MaxPool2d", kernel_size = 2, stride = 1 }',
        '{ kind = "MaxPool2d", kernel_size = 2, padding = 1 }',
        '{ kind = "MaxPool2d", kernel_size = 2, dilation = 2 }',
        '{ kind = "MaxPool2d", kernel_size = 2, ceil_mode = true }',
        '{ kind = "MaxPool2d", kernel_size = [2, 5] }',
        '{ kind = "AvgPool2d", kernel_size = 2, divisor_override = 3 }',
        '{ kind = "AdaptiveMaxPool2d", output_size = 3 }',
        '"ReLU"',
    ],
)
def test_other_windows_stay_apart(tmp_path: Path, pool: str) -> None:
    assert forms(lowered(tmp_path, f'"IF", {pool}, {TAIL}')) == ["kernel", "kernel"]


def test_a_stride_that_is_the_window_is_none(tmp_path: Path) -> None:
    pool = '{ kind = "AvgPool2d", kernel_size = [2, 3], stride = [2, 3] }'
    assert forms(lowered(tmp_path, f'"IF", {pool}, {TAIL}')) == ["pooled", "kernel"]


def test_spikes_that_others_read_are_stored(tmp_path: Path) -> None:
    skip = '{ kind = "Concat", from = ["a", "b"] }, "IF"'
    layers = f'{{ kind = "IF", name = "i" }}, {MAX}, {{ kind = "Flatten", name = "a" }}, '
    layers += f'{{ kind = "Flatten", name = "b", from = "i" }}, {skip}'
    assert forms(lowered(tmp_path, layers)) == ["kernel", "kernel"]


def test_what_does_not_spike_stays_apart(tmp_path: Path) -> None:
    assert forms(lowered(tmp_path, f'"LI", {MAX}, {TAIL}')) == ["kernel", "kernel"]


def test_a_readout_is_no_pooling(tmp_path: Path) -> None:
    assert forms(lowered(tmp_path, '"IF"')) == ["kernel"]


def test_a_kernel_tells_only_its_windows(tmp_path: Path) -> None:
    """The law that no pass may break."""
    program = lowered(tmp_path, f'"IF", {MAX}, {TAIL}')
    regions = list(program.regions)
    scan = regions[1]
    assert isinstance(scan, Scan)
    regions[1] = Scan(scan.ops, scan.carries, ("if1", "pool1"), "pooled")
    with pytest.raises(IllegalProgram, match="if1 is read, but only its windows are computed"):
        verify(Program(program.graph, tuple(regions)))
    alone = Program(program.graph, (regions[0], Scan(scan.ops[:1], scan.carries, (), "pooled")))
    with pytest.raises(IllegalProgram, match="the windows of its output"):
        _scan(alone, alone.regions[1])  # type: ignore[arg-type]


def test_a_chunk_stays(tmp_path: Path) -> None:
    program = lowered(tmp_path, f'"IF", {MAX}, {TAIL}')
    chunked = replace(program, time_chunk=2)
    assert PoolInKernel().apply(chunked).time_chunk == 2
