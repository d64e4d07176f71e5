"""The laws of a Program: each has a mutant that breaks it and is caught. So has each condition
under which a pass may act: by the laws, or by the comparison with the reference.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import snnc
from snnc.document import Document
from snnc.layer import Traits
from snnc.layers._batch_norm import BatchNorm
from snnc.layers.batch_norm1d import BatchNorm1d
from snnc.layers.dropout import Dropout
from snnc.passes import fold, hoist
from snnc.program import lower
from snnc.program.types import Carry, Fold, Once, Op, Program, Region, Scan
from snnc.program.verify import IllegalProgram, verify
from tests.support.nets import document, pair

LAYERS = '{ kind = "Linear", out_features = 3 }, "BatchNorm1d", "IF", "ReLU", "LIF"'
Ops = tuple[Op, ...]


def spec(folder: Path, layers: str = LAYERS, encoder: str = "direct", *settings: str) -> Document:
    shape = "[1, 2, 4]" if encoder == "columns" else "[3]"
    head = f'[input]\nshape = {shape}\nencoder = "{encoder}"\n'
    return document(folder, f"{head}[network]\nlayers = [{layers}]\n", 4, *settings)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Once: input fc1 bn1; scan: if1; fold: relu1; scan: lif1; once: output."""
    return snnc.lower(snnc.link(spec(tmp_path)), without=("norm",))


def region(p: Program, at: int, **changes: Any) -> Program:
    """The program with fields of one region changed."""
    regions = list(p.regions)
    regions[at] = replace(regions[at], **changes)
    return replace(p, regions=tuple(regions))


def op(p: Program, at: int, **changes: Any) -> Program:
    """The program with fields of the last op of one region changed."""
    *others, last = p.regions[at].ops
    return region(p, at, ops=(*others, replace(last, **changes)))


def order(p: Program, *order: int) -> Program:
    return replace(p, regions=tuple(p.regions[at] for at in order))


def form(p: Program, at: int, made: Callable[[Ops], Region]) -> Program:
    """The program with one region as another kind of region."""
    before, after = p.regions[:at], p.regions[at + 1 :]
    return replace(p, regions=(*before, made(p.regions[at].ops), *after))


def loop(ops: Ops) -> Scan:
    return Scan(ops, (), tuple(op.node for op in ops), "loop")


def kernel(ops: Ops) -> Region:
    return replace(loop(ops), form="kernel")


def kernel_of(p: Program, ops: Sequence[Op]) -> Region:
    return replace(lower.scan(p.graph, ops), form="kernel", yields=(ops[-1].writes,))


def both_in_one(p: Program) -> Program:
    """A kernel of everything over time."""
    ops = [op for at in (1, 2, 3) for op in p.regions[at].ops]
    return replace(p, regions=(p.regions[0], kernel_of(p, ops), p.regions[4]))


GHOST = Op("ghost", ("if1",), "ghost", 4)
LAW = "needs every step at once and cannot be in a loop"
MUTANTS: dict[str, tuple[Callable[[Program], Program], str]] = {
    "a node is lost": (lambda p: region(p, 2, ops=()), "relu1 runs in 0 places, not in one"),
    "a node twice": (lambda p: order(p, 0, 1, 2, 2, 3, 4), "relu1 runs in 2 places, not in one"),
    "lost executions": (lambda p: op(p, 2, times=1), "relu1 stands for 1 executions, not 4"),
    "more readouts": (lambda p: op(p, 4, times=4), "output stands for 4 executions, not 1"),
    "regions swapped": (lambda p: order(p, 0, 2, 1, 3, 4), "relu1 reads if1 before it is there"),
    "ops swapped": (
        lambda p: region(p, 0, ops=p.regions[0].ops[::-1]),
        "bn1 reads fc1 before it is there",
    ),
    "a read of itself": (
        lambda p: op(p, 2, reads=("relu1",)),
        "relu1 reads relu1, not what its node reads",
    ),
    "nothing yielded": (lambda p: region(p, 1, yields=()), "relu1 reads if1 before it is there"),
    "once, though timed": (
        lambda p: form(p, 2, Once),
        "relu1 runs once but reads a value that changes over time",
    ),
    "a state folded": (
        lambda p: form(p, 1, Fold),
        "if1 has a state and cannot run on all steps at once",
    ),
    "sequence statistics looped": (lambda p: form(p, 0, loop), f"bn1 {LAW}"),
    "a readout looped": (
        lambda p: form(p, 4, loop),
        "output is a readout and runs once, after time",
    ),
    "a state lost": (lambda p: region(p, 1, carries=()), "the loop over if1 loses a state"),
    "another start": (
        lambda p: region(p, 3, carries=(Carry("lif1.v", 0.5),)),
        "the loop over lif1 loses a state",
    ),
    "a kernel of three": (both_in_one, "a kernel runs one neuron"),
}
ESCAPES: dict[str, Callable[[Program], Program]] = {
    "another input": lambda p: op(p, 2, reads=("bn1",)),
    "a kernel without a neuron": lambda p: form(p, 2, kernel),
    "a yield from nowhere": lambda p: region(p, 1, yields=("if1", "relu1")),
    "a readout folded": lambda p: form(p, 4, Fold),
    "an op of no node": lambda p: region(
        p, 2, ops=(*p.regions[2].ops, Op("ghost", ("if1",), "ghost", 4))
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_program_that_breaks_a_law_is_illegal(program: Program, name: str) -> None:
    mutate, message = MUTANTS[name]
    assert verify(program) is program
    with pytest.raises(IllegalProgram) as caught:
        verify(mutate(program))
    assert str(caught.value) == message


@pytest.mark.parametrize("name", ESCAPES)
def test_a_program_that_does_something_else_is_illegal(program: Program, name: str) -> None:
    with pytest.raises(IllegalProgram):
        verify(ESCAPES[name](program))


STEP = '{ kind = "Dropout", mask = "step" }'
PATCHES: dict[str, tuple[str, str, Any, str, Any, str]] = {
    "states": ('"IF"', "direct", hoist, "movable", True, "if1 runs once but has a state"),
    "draws": (STEP, "direct", hoist, "movable", True, "dropout1 runs once but draws anew"),
    "poisson": ('"ReLU"', "poisson", hoist, "movable", True, "input runs once but Poisson draws"),
    "columns": ('"ReLU"', "columns", hoist, "movable", True, "input runs once but another column"),
    "timed": ('"ReLU"', "none", hoist, "_static", {"input"}, "runs once but reads a value that ch"),
    "folded": ('"IF"', "direct", fold, "foldable", True, "if1 has a state and cannot run on all"),
    "whole": ('"BatchNorm1d"', "none", lower, "whole", False, f"bn1 {LAW}"),
}


@pytest.mark.parametrize("name", PATCHES)
def test_a_pass_without_one_of_its_conditions_is_illegal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    layers, encoder, module, condition, answer, message = PATCHES[name]
    graph = snnc.link(spec(tmp_path, layers, encoder))
    verify(snnc.lower(graph))
    monkeypatch.setattr(module, condition, lambda *_, **__: answer)
    with pytest.raises(IllegalProgram, match=message):
        snnc.lower(graph)


def test_hoist_asks_in_training_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = snnc.link(spec(tmp_path, STEP))
    monkeypatch.setattr(Dropout, "traits", lambda *_, **__: Traits())
    assert "dropout1" not in snnc.lower(graph).timed
    monkeypatch.undo()
    assert "dropout1" in snnc.lower(graph).timed


LIES: dict[str, tuple[str, str, type, str, Any]] = {
    "hoisted sequence statistics": (
        '"BatchNorm1d", "ReLU", "IF"', "fold", BatchNorm, "call", "self.bn1(x)",
    ),
    "hoisted step statistics": (
        '{ kind = "BatchNorm1d", stats = "step" }, "IF"', "fold", BatchNorm, "call", "self.bn1(x)",
    ),
    "sequence statistics of each step": (
        '"IF", "BatchNorm1d"', "step", BatchNorm1d, "traits", Traits(),
    ),
    "one mask, folded": ('"IF", "Dropout"', "fold", Dropout, "call", "self.dropout1(x, seed)"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_the_reference_shows_what_the_laws_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    layers, schedule, kind, method, answer = LIES[name]
    doc = spec(tmp_path, layers, "direct", f"build.schedule={schedule}")
    assert _equals_the_reference(doc, monkeypatch)
    monkeypatch.setattr(kind, method, lambda *_, **__: answer)
    assert not _equals_the_reference(doc, monkeypatch)


def _equals_the_reference(doc: Document, monkeypatch: pytest.MonkeyPatch) -> bool:
    both = pair(doc)
    monkeypatch.undo()
    got, values = both.call()
    close = [torch.allclose(got, values["output"])]
    buffers = dict(both.reference.named_buffers())
    close += [torch.allclose(b, buffers[name]) for name, b in both.module.named_buffers()]
    return all(close)
