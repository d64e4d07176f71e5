"""Ways to break the compiler: each puts something else in the place of a part of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

import snnc
from snnc import passes, sizes
from snnc.emit import feedback
from snnc.emit.types import GeneratedFiles
from snnc.encoder import Encoder
from snnc.graph.delayed_edge import Past
from snnc.layer import Operator, Traits
from snnc.layers._batch_norm import BatchNorm
from snnc.neuron import Neuron
from snnc.passes import fuse, hoist, recur, sink
from snnc.program import lower
from snnc.program.crops import Shapes, made
from snnc.program.types import Carry, Op, Program, Region, Scan
from snnc.readout import Readout
from snnc.shapes import Shape, ShapeError
from snnc.window import alike
from tests.support.written import replaced

Patch = pytest.MonkeyPatch
Break = Callable[[Patch], None]


def instead(where: object, name: str, made: object) -> Break:
    """Puts something else in the place of an attribute."""
    return lambda patch: patch.setattr(where, name, made)


def together(*parts: Break) -> Break:
    """Several at once: what is asked in several places is asked in none."""

    def broken(patch: Patch) -> None:
        for part in parts:
            part(patch)

    return broken


def lawless(broken: Break) -> Break:
    """The same, and the laws of a Program are not asked either: only the comparison is left."""

    def both(patch: Patch) -> None:
        patch.setattr(passes, "verify", lambda program: program)
        broken(patch)

    return both


def text(old: str, new: str) -> Break:
    """Another text in what is generated."""

    def broken(patch: Patch) -> None:
        usual = snnc.emit

        def emit(*args: Any, **more: Any) -> GeneratedFiles:
            return replaced(usual(*args, **more), old, new)

        patch.setattr(snnc, "emit", emit)

    return broken


def movable(times: Sequence[str], randoms: Sequence[str], modes: Sequence[bool]) -> Break:
    """Hoist moves what is one of these, in these modes."""

    def asked(program: Program, op: Op) -> bool:
        traits = [program.node(op).operator.traits(training) for training in modes]
        return all(t.time in times and t.random in randoms for t in traits)

    return instead(hoist, "movable", asked)


def whole_in(*modes: bool) -> Break:
    """Whether every step is needed, asked in these modes only."""
    return instead(
        lower,
        "whole",
        lambda node: any(node.operator.traits(mode).time == "whole" for mode in modes),
    )


def always(*_: object) -> bool:
    return True


def never(*_: object) -> bool:
    return False


def everything_static(given: Program) -> frozenset[str]:
    return frozenset(op.writes for _, op in given.placed()) - {*given.graph.outputs}


def helper(*names: str | None) -> Break:
    """The piece of code that a batch normalisation gets before time, and over time."""
    chosen = dict(zip(("once", "fold"), names, strict=True))
    return instead(BatchNorm, "_helper", lambda _, site: chosen.get(site) or "batch_norm")


def stateless(*_: object) -> tuple[Carry, ...]:
    return ()


def unyielding(region: Region, *_: object) -> Region:
    return region


def folds_first(parts: list[Region]) -> Iterator[Region]:
    """All folds before all loops."""
    return iter(sorted(parts, key=lambda part: isinstance(part, Scan)))


def one_by_one(reads: Mapping[str, Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """As if there were no cycles."""
    return tuple((name,) for name in reads)


def unread(*_: object) -> bool:
    """As if nobody else read a value."""
    return True


def commuting(**asked: bool) -> Break:
    """Sink moves whatever commutes, but for what is not asked: ``updates=False``."""

    def legal(traits: Traits, how: Readout) -> bool:
        answers = {
            "time": traits.time == "pointwise",
            "random": traits.random != "step",
            "batch": not (traits.updates or traits.batch),
            "algebra": traits.algebra in how.commutes,
        }
        return all(answer for name, answer in answers.items() if asked.get(name, True))

    return instead(sink, "_legal", legal)


def static_too(given: Program, op: Op, how: Readout) -> bool:
    """Sink does not ask whether an operand is the same at every step."""
    modes = (given.node(op).operator.traits(mode) for mode in (True, False))
    encoder = isinstance(given.node(op).operator, Encoder)
    return not encoder and all(sink._legal(traits, how) for traits in modes)


def in_eval_only(given: Program, op: Op, how: Readout) -> bool:
    """Sink does not ask for training."""
    operator = given.node(op).operator
    return not isinstance(operator, Encoder) and sink._legal(operator.traits(False), how)


def outputs_only(given: Program, op: Op) -> bool:
    """Drop takes what updates a buffer too."""
    return op.writes in given.graph.outputs


def outputs_alone(given: Program) -> set[str]:
    """Drop takes what the outputs are computed from."""
    return {*given.graph.outputs}


def read_inside(usual: Any = recur._recurrent) -> Callable[[Program, Region], Region]:
    """Recur decides as if only the neuron of a loop were read."""

    def broken(given: Program, region: Region) -> Region:
        cell = fuse.the_neuron(given, region.ops) if isinstance(region, Scan) else None
        if not isinstance(region, Scan) or cell is None:
            return region
        made = usual(given, replace(region, yields=(cell.writes,)))
        return replace(region, form=made.form)

    return broken


def any_past(given: Program, ops: Sequence[Op]) -> Op | None:
    """The neuron of a loop, whatever is delayed in it."""
    cells = [op for op in ops if isinstance(given.node(op).operator, Neuron)]
    return cells[0] if len(cells) == 1 else None


def any_delay(given: Program, ops: Sequence[Op], cell: Op) -> bool:
    """Recur takes a past of any number of steps."""
    past = next(op for op in ops if isinstance(given.node(op).operator, Past))
    product = next(op for op in ops if given.node(op).operator.product)
    (join,) = (op for op in ops if op not in (past, product, cell))
    return recur._added(given, past, product, join, cell)


def one_step_less(usual: Callable[..., int] = feedback._delay) -> Callable[..., int]:
    """A kernel keeps one step less of its output than it should, but one at least."""
    return lambda *given: min(usual(*given), 1)


def sides_swapped(usual: Any = feedback._beside) -> Callable[..., str]:
    """What comes back stands on the other side of what comes from outside."""
    other = {"behind": "before", "before": "behind"}

    def beside(*given: Any) -> str:
        side, _, width = usual(*given).partition("=")
        return f"{other[side]}={width}"

    return beside


def always_behind(usual: Any = feedback._beside) -> Callable[..., str]:
    """As if what comes from outside were the first input of every Concat."""
    return lambda *given: usual(*given).replace("before", "behind")


def unlike(given: Program, program: Program) -> Program:
    """What is observed keeps its loops."""
    return given


def apart(kind: type[Operator]) -> Break:
    """Crop takes a kind for one that computes each element from those in its place."""
    return instead(kind, "corners", lambda _, corner, *inputs: alike(corner, *inputs))


def one_less(usual: Callable[..., Shape] = sizes.touched) -> Callable[..., Shape]:
    """Windows as if they were one element shorter."""
    return lambda *given: tuple(max(1, size - 1) for size in usual(*given))


def as_of_the_first(program: Program, op: Op, corners: Shapes) -> Shape:
    """What remains of several inputs is taken to fit together."""
    try:
        return made(program, op, corners)
    except ShapeError:
        return made(program, op, dict.fromkeys(op.reads, corners[op.reads[0]]))
