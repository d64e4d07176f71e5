"""Ways to break the compiler: each puts something else in the place of a part of it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import pytest

import snnc
from snnc import passes
from snnc.graph import Graph
from snnc.layers._batch_norm import BatchNorm
from snnc.passes import hoist
from snnc.program import lower
from snnc.program.types import Carry, Op, Program, Region, Scan

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


def never(*_: object) -> bool:
    return False


def everything_static(program: Program) -> frozenset[str]:
    return frozenset(op.node for _, op in program.placed()) - {*program.graph.outputs}


def helper(*names: str | None) -> Break:
    """The piece of code that a batch normalisation gets before time, and over time."""
    chosen = dict(zip(("once", "fold"), names, strict=True))
    return instead(BatchNorm, "_helper", lambda _, site: chosen.get(site))


_SCAN = lower.scan


def stateless(graph: Graph, names: Collection[str]) -> tuple[Carry, ...]:
    return ()


def silent(graph: Graph, ops: Sequence[Op], form: Literal["kernel", "loop"]) -> Scan:
    """A scan that yields its last value only."""
    return replace(_SCAN(graph, ops, form), yields=(ops[-1].node,))


def folds_first(parts: list[Region]) -> Iterator[Region]:
    """All folds before all loops."""
    return iter(sorted(parts, key=lambda part: isinstance(part, Scan)))
