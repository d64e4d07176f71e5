"""Hoist: what is the same at every step is computed once, what is not stays, and each says why."""

from pathlib import Path

import pytest

import snnc
from snnc.commands.show import as_text
from snnc.passes.hoist import Hoist
from snnc.program.placement import placement
from snnc.program.text import text
from snnc.program.types import Program
from tests.support.nets import document

ZOO = Path(__file__).parents[2] / "specs"
BEFORE = "static: its input does not change over time"
STATE = "not hoisted: has a state: its output changes over time"
MEAN = "mean over time: needs every step"

STEM = """
[input]
shape = [2, 5, 5]
encoder = "{encoder}"
[network]
layers = [
  { kind = "Conv2d", name = "conv", out_channels = 2, kernel_size = 3 },
  "BatchNorm2d", "IF", "Flatten",
]
"""


def hoisted(folder: Path, spec: str) -> Program:
    """The program after the pass, of the naive one."""
    return snnc.lower(snnc.link(document(folder, spec)), after="hoist")


def only(layers: str, encoder: str = "direct") -> str:
    """A spec of an image and these layers."""
    return f'[input]\nshape = [2, 5, 5]\nencoder = "{encoder}"\n[network]\nlayers = [{layers}]\n'


def before(program: Program) -> set[str]:
    return {row.name for row in placement(program) if row.region == "before"}


def reasons(program: Program) -> dict[str, str]:
    return {row.name: row.reason for row in placement(program)}


def test_a_static_stem_is_computed_once(tmp_path: Path) -> None:
    program = hoisted(tmp_path, STEM.replace("{encoder}", "direct"))
    assert (
        text(program)
        == """\
program net, T = 4
once
  input = direct(input.data)               [2, 5, 5]
  conv = Conv2d(input)                     [2, 3, 3]
  bn1 = BatchNorm2d(conv)                  [2, 3, 3]
scan loop, carries if1.v = 0.0, yields flatten1
  if1 = IF(bn1)                            [2, 3, 3]
  flatten1 = Flatten(if1)                  [18]
once
  output = mean(flatten1)                  [18]
"""
    )
    assert reasons(program) == {
        "input": BEFORE,
        "conv": BEFORE,
        "bn1": BEFORE,
        "if1": STATE,
        "flatten1": "not hoisted: if1 changes over time; step by step",
        "output": MEAN,
    }


@pytest.mark.parametrize(
    ("encoder", "why"),
    [
        ("poisson", "not hoisted: Poisson draws anew at every step"),
        ("none", "not hoisted: the data itself is a sequence"),
    ],
)
def test_nothing_is_hoisted_behind_an_input_that_varies(
    tmp_path: Path, encoder: str, why: str
) -> None:
    spec = STEM.replace("{encoder}", encoder)
    naive = snnc.lower(snnc.link(document(tmp_path, spec)), after="lower")
    program = hoisted(tmp_path, spec)
    assert text(program) == text(naive)
    assert f"input = {encoder}(input.data)" in text(program)
    found = reasons(program)
    assert found["input"] == why
    assert found["conv"] == "not hoisted: input changes over time; step by step"
    assert found["bn1"] == "not hoisted: conv changes over time; all steps at once"


def test_columns_are_other_data_at_every_step(tmp_path: Path) -> None:
    layers = '{ kind = "Linear", out_features = 3 }, "IF"'
    spec = only(layers, "columns").replace("5, 5", "3, 4")
    program = hoisted(tmp_path, spec)
    assert (
        text(program)
        == """\
program net, T = 4
scan loop, carries if1.v = 0.0, yields if1
  input = columns(input.data)              [6]
  fc1 = Linear(input)                      [3]
  if1 = IF(fc1)                            [3]
once
  output = mean(if1)                       [3]
"""
    )
    assert reasons(program)["input"] == "not hoisted: another column of the image at every step"


def test_one_mask_for_the_sequence_is_drawn_once(tmp_path: Path) -> None:
    program = hoisted(tmp_path, only('{ kind = "Dropout", mask = "sequence" }, "IF"'))
    assert before(program) == {"input", "dropout1"}
    assert reasons(program)["dropout1"] == BEFORE


def test_a_mask_of_each_step_keeps_all_behind_it_over_time(tmp_path: Path) -> None:
    program = hoisted(tmp_path, only('{ kind = "Dropout", mask = "step" }, "ReLU", "IF"'))
    assert before(program) == {"input"}
    assert reasons(program)["dropout1"] == "not hoisted: draws anew at every step"
    assert reasons(program)["relu1"] == "not hoisted: dropout1 changes over time; step by step"


@pytest.mark.parametrize("stats", ["sequence", "step"])
def test_batch_normalisation_is_hoisted_on_a_static_input_only(tmp_path: Path, stats: str) -> None:
    bn = f'{{ kind = "BatchNorm2d", stats = "{stats}" }}'
    program = hoisted(tmp_path, only(f'{bn}, "IF", {bn}'))
    assert before(program) == {"input", "bn1"}
    how = {"sequence": "all steps at once", "step": "step by step"}[stats]
    assert reasons(program)["bn2"] == f"not hoisted: if1 changes over time; {how}"


def test_a_residual_is_static_up_to_where_it_meets_time(tmp_path: Path) -> None:
    layers = """
      { kind = "ReLU", name = "a" }, "IF", { kind = "Add", from = ["a", "if1"] }, "IF",
      { kind = "Add", name = "late", from = ["a", "input"] }
    """
    program = hoisted(tmp_path, only(layers))
    assert (
        text(program)
        == """\
program net, T = 4
once
  input = direct(input.data)               [2, 5, 5]
  a = ReLU(input)                          [2, 5, 5]
  late = Add(a, input)                     [2, 5, 5]
scan loop, carries if1.v = 0.0, if2.v = 0.0, yields nothing
  if1 = IF(a)                              [2, 5, 5]
  add1 = Add(a, if1)                       [2, 5, 5]
  if2 = IF(add1)                           [2, 5, 5]
once
  output = mean(late)                      [2, 5, 5]
"""
    )
    assert reasons(program)["add1"] == "not hoisted: if1 changes over time; step by step"


def test_without_a_neuron_nothing_is_left_over_time(tmp_path: Path) -> None:
    program = hoisted(tmp_path, only('"ReLU", "Flatten"'))
    assert text(program).count("scan") == text(program).count("fold") == 0
    assert before(program) == {"input", "relu1", "flatten1", "output"}


def test_hoisting_twice_is_hoisting_once(tmp_path: Path) -> None:
    program = hoisted(tmp_path, STEM.replace("{encoder}", "direct"))
    again = Hoist().apply(program)
    assert again.regions == program.regions


def test_show_of_the_flagship_says_what_was_hoisted() -> None:
    program = snnc.lower(snnc.link(snnc.load(ZOO / "conv_fmnist.snn.toml")))
    where = {row.name: row.region for row in placement(program)}
    names = list(where)
    over_time = names[names.index("if1") : names.index("if4") + 1]
    assert before(program) == {"input", "conv1", "bn1"}
    assert [name for name, region in where.items() if region == "time"] == over_time
    assert [name for name, region in where.items() if region == "after"] == ["output"]
    assert "hoisted out of the time loop: conv1, bn1\n" in as_text(program)


def test_show_of_the_flagship_under_poisson_says_why_nothing_was() -> None:
    settings = ["input.encoder=poisson"]
    program = snnc.lower(snnc.link(snnc.load(ZOO / "conv_fmnist.snn.toml", settings)))
    assert before(program) == set()
    assert "draws anew at every step" in reasons(program)["input"]
    assert "nothing is hoisted out of the time loop\n" in as_text(program)
