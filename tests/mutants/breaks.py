"""Ways to break the compiler: each puts something else in the place of a part of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest

import snnc
from snnc import passes
from snnc.encoder import Encoder
from snnc.layer import Traits
from snnc.layers._batch_norm import BatchNorm
from snnc.passes import hoist, sink
from snnc.program import lower
from snnc.program.types import Carry, Op, Program, Region, Scan
from snnc.readout import Readout

Patch = pytest.MonkeyPatch
Break = Callable[[Patch], None]


def instead(where: object, name: str, made: object) -> Break:
    """Puts something else in the place of an attribute."""
    return lambda patch: patch.setattr(where, name, made)


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

        def emit(*args: Any, **more: Any) -> dict[str, str]:
            files = usual(*args, **more)
            return {name: content.replace(old, new) for name, content in files.items()}

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
    return instead(BatchNorm, "_helper", lambda _, site: chosen.get(site))


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


def unread(given: Program) -> dict[str, set[str]]:
    """As if nobody else read a value."""
    return {name: set() for _, op in given.placed() for name in op.reads}


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
