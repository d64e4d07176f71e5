"""Sink: a layer that commutes with a readout runs once after it, not at every time step before it.

The time mean of ``W x + b`` is ``W`` times the mean of ``x``, plus ``b``. The last value of a
function is the function of the last value. Nothing else may read the layer, it must not draw random
numbers at each time step, and it must not update buffers.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from snnc.encoder import Encoder
from snnc.layer import Traits
from snnc.program.types import Once, Op, Program, Region
from snnc.readout import Readout


@dataclass(frozen=True)
class Sink:
    """Moves layers from before a readout to after it, the last one first."""

    name: str = "sink"
    optional: bool = True
    stepwise: bool = True
    hides_values: bool = True

    def apply(self, given: Program) -> Program:
        for readout in _readouts(given):
            sunk = _sunk(given, readout)
            if sunk:
                given = _moved(given, readout, sunk)
        return given


def _readouts(given: Program) -> list[Op]:
    return [op for _, op in given.placed() if isinstance(given.node(op).operator, Readout)]


def _sunk(given: Program, readout: Op) -> list[Op]:
    """The ops that can go after ``readout``, in their order."""
    how = given.node(readout).operator
    assert isinstance(how, Readout)
    readers = _readers(given)
    behind, sunk = {readout.writes}, []
    for region, op in reversed(list(given.placed())):
        alone = readers.get(op.writes, set()) <= behind and op.writes in readers
        if not isinstance(region, Once) and alone and commutes(given, op, how):
            behind.add(op.writes)
            sunk.append(op)
    return sunk[::-1]


def _readers(given: Program) -> dict[str, set[str]]:
    """The operators that read each value."""
    readers: dict[str, set[str]] = {}
    for _, op in given.placed():
        for name in op.reads:
            readers.setdefault(name, set()).add(op.writes)
    return readers


def commutes(given: Program, op: Op, how: Readout) -> bool:
    """Whether an operator may run after the readout ``how``, in training and in eval mode."""
    operator = given.node(op).operator
    static = any(name not in given.timed for name in op.reads)
    if isinstance(operator, Encoder) or (static and not how.keeps_static):
        return False
    return all(_legal(operator.traits(mode), how) for mode in (True, False))


def _legal(traits: Traits, how: Readout) -> bool:
    alone = traits.time == "pointwise" and traits.random != "step"
    return alone and not (traits.updates or traits.batch) and traits.algebra in how.commutes


def _moved(given: Program, readout: Op, sunk: Sequence[Op]) -> Program:
    """The program with ``sunk`` after the readout."""
    inside = {op.writes for op in sunk}
    read = dict.fromkeys(n for op in sunk for n in op.reads if n not in inside and n in given.timed)
    kind = given.node(readout).operator.kind
    names = {name: f"{name}.{kind}" for name in read} | {readout.reads[0]: readout.writes}
    first = [replace(readout, reads=(name,), writes=names[name]) for name in read]
    behind = [*first, *(_renamed(op, names) for op in sunk)]
    regions = (_region(given, region, readout, behind, inside) for region in given.regions)
    return given.with_regions(regions)


def _renamed(op: Op, names: Mapping[str, str]) -> Op:
    reads = tuple(names.get(name, name) for name in op.reads)
    return replace(op, reads=reads, writes=names.get(op.writes, op.writes))


def _region(
    given: Program, region: Region, readout: Op, behind: Sequence[Op], gone: Collection[str]
) -> Region:
    if not isinstance(region, Once):
        return given.without(region, gone)
    if readout not in region.ops:
        return region
    at = region.ops.index(readout)
    return Once((*region.ops[:at], *behind, *region.ops[at + 1 :]))
