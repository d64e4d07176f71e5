"""Fold: neurons run in kernels of their own, all else on all steps at once."""

from pathlib import Path

import pytest

import snnc
from snnc.passes.fold import FoldTime
from snnc.program import types
from snnc.program.placement import placement
from snnc.program.text import text
from snnc.program.types import Program, Scan
from tests.support.nets import document

HEAD = '[input]\nshape = [2, 5, 5]\nencoder = "{encoder}"\n[network]\n'
CONV = '{ kind = "Conv2d", name = "conv", out_channels = 2, kernel_size = 3 }'


def folded(folder: Path, layers: str, encoder: str = "direct", schedule: str = "fold") -> Program:
    spec = HEAD.replace("{encoder}", encoder) + f"layers = [{layers}]\n"
    later = ("sink", "drop", "pool", "norm")
    return snnc.lower(snnc.link(document(folder, spec)), schedule, without=later)


def test_a_neuron_becomes_a_kernel_and_what_follows_a_fold(tmp_path: Path) -> None:
    program = folded(tmp_path, f'{CONV}, "IF", "Flatten", {{ kind = "Linear", out_features = 3 }}')
    assert (
        text(program)
        == """\
program net, T = 4
once
  input = direct(input.data)               [2, 5, 5]
  conv = Conv2d(input)                     [2, 3, 3]
scan kernel, carries if1.v = 0.0, yields if1
  if1 = IF(conv)                           [2, 3, 3]
fold
  flatten1 = Flatten(if1)                  [18]
  fc1 = Linear(flatten1)                   [3]
once
  output = mean(fc1)                       [3]
"""
    )
    reasons = {row.name: row.reason for row in placement(program)}
    assert reasons["fc1"] == "not hoisted: flatten1 changes over time; all steps at once"


def test_neighbours_without_a_state_share_one_fold(tmp_path: Path) -> None:
    """Sequence statistics cut the naive loop; folded, the cut is gone."""
    program = folded(tmp_path, f'{CONV}, "BatchNorm2d", "ReLU", "IF"', "poisson")
    assert (
        text(program)
        == """\
program net, T = 4
fold
  input = poisson(input.data)              [2, 5, 5]
  conv = Conv2d(input)                     [2, 3, 3]
  bn1 = BatchNorm2d(conv)                  [2, 3, 3]
  relu1 = ReLU(bn1)                        [2, 3, 3]
scan kernel, carries if1.v = 0.0, yields if1
  if1 = IF(relu1)                          [2, 3, 3]
once
  output = mean(if1)                       [2, 3, 3]
"""
    )


def test_two_neurons_in_a_row_are_two_kernels(tmp_path: Path) -> None:
    program = folded(tmp_path, '"IF", { kind = "LIF", v_reset = -0.5 }', "none")
    assert (
        text(program)
        == """\
program net, T = 4
fold
  input = none(input.data)                 [2, 5, 5]
scan kernel, carries if1.v = 0.0, yields if1
  if1 = IF(input)                          [2, 5, 5]
scan kernel, carries lif1.v = -0.5, yields lif1
  lif1 = LIF(if1)                          [2, 5, 5]
once
  output = mean(lif1)                      [2, 5, 5]
"""
    )


def test_a_neuron_that_nobody_reads_yields_nothing(tmp_path: Path) -> None:
    program = folded(tmp_path, '"IF", { kind = "ReLU", from = "input" }')
    assert "scan kernel, carries if1.v = 0.0, yields nothing\n" in text(program)


def test_a_residual_is_added_where_its_varying_half_is(tmp_path: Path) -> None:
    layers = '{ kind = "ReLU", name = "a" }, "IF", { kind = "Add", from = ["a", "if1"] }, "IF"'
    assert (
        text(folded(tmp_path, layers))
        == """\
program net, T = 4
once
  input = direct(input.data)               [2, 5, 5]
  a = ReLU(input)                          [2, 5, 5]
scan kernel, carries if1.v = 0.0, yields if1
  if1 = IF(a)                              [2, 5, 5]
fold
  add1 = Add(a, if1)                       [2, 5, 5]
scan kernel, carries if2.v = 0.0, yields if2
  if2 = IF(add1)                           [2, 5, 5]
once
  output = mean(if2)                       [2, 5, 5]
"""
    )


@pytest.mark.parametrize(
    "layer",
    [
        '{ kind = "BatchNorm2d", stats = "sequence" }',
        '{ kind = "BatchNorm2d", stats = "step" }',
        '{ kind = "Dropout", mask = "sequence" }',
        '{ kind = "Dropout", mask = "step" }',
        '{ kind = "MaxPool2d", kernel_size = 2 }',
    ],
)
def test_whatever_has_no_state_is_folded(tmp_path: Path, layer: str) -> None:
    program = folded(tmp_path, f'"IF", {layer}, "IF"')
    once = [types.Once]
    assert [type(region) for region in program.regions] == [*once, Scan, types.Fold, Scan, *once]
    (op,) = program.regions[2].ops
    assert op.reads == ("if1",)


def test_the_step_schedule_keeps_its_loop(tmp_path: Path) -> None:
    program = folded(tmp_path, f'{CONV}, "IF", "ReLU", "LIF"', schedule="step")
    assert (
        text(program)
        == """\
program net, T = 4
once
  input = direct(input.data)               [2, 5, 5]
  conv = Conv2d(input)                     [2, 3, 3]
scan loop, carries if1.v = 0.0, lif1.v = 0.0, yields lif1
  if1 = IF(conv)                           [2, 3, 3]
  relu1 = ReLU(if1)                        [2, 3, 3]
  lif1 = LIF(relu1)                        [2, 3, 3]
once
  output = mean(lif1)                      [2, 3, 3]
"""
    )
    reasons = {row.name: row.reason for row in placement(program)}
    assert reasons["relu1"] == "not hoisted: if1 changes over time; step by step"


def test_the_step_schedule_cuts_its_loop_at_sequence_statistics(tmp_path: Path) -> None:
    program = folded(tmp_path, '"IF", "BatchNorm2d", "IF"', schedule="step")
    assert (
        text(program)
        == """\
program net, T = 4
once
  input = direct(input.data)               [2, 5, 5]
scan loop, carries if1.v = 0.0, yields if1
  if1 = IF(input)                          [2, 5, 5]
fold
  bn1 = BatchNorm2d(if1)                   [2, 5, 5]
scan loop, carries if2.v = 0.0, yields if2
  if2 = IF(bn1)                            [2, 5, 5]
once
  output = mean(if2)                       [2, 5, 5]
"""
    )


def test_folding_twice_is_folding_once(tmp_path: Path) -> None:
    program = folded(tmp_path, f'{CONV}, "IF", "BatchNorm2d", "ReLU", "LIF"')
    assert FoldTime().apply(program).regions == program.regions
