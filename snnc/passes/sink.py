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

Places = Mapping[str, tuple[int, Region]]
"""Where each value is written: the place of its op among all, and its region."""


@dataclass(frozen=True)
class Sink:
    """Moves layers from before a readout to after it, the last one first."""

    name: str = "sink"
    optional: bool = True
    stepwise: bool = True
    hides_values: bool = True

    def apply(self, given: Program) -> Program:
        places = {op.writes: (at, region) for at, (region, op) in enumerate(given.placed())}
        found = {op: _sunk(given, op, places) for op in _readouts(given)}
        moves = {readout: sunk for readout, sunk in found.items() if sunk}
        return _moved(given, moves) if moves else given


def _readouts(given: Program) -> list[Op]:
    return [op for _, op in given.placed() if isinstance(given.node(op).operator, Readout)]


def _sunk(given: Program, readout: Op, places: Places) -> list[Op]:
    """The ops that can go after ``readout``, in their order; none can go after two of them."""
    how = given.node(readout).operator
    assert isinstance(how, Readout)
    behind, ahead, sunk = {readout.writes}, [*readout.reads], set[Op]()
    while ahead:  # a value comes again with each of its readers
        for op in given.writers.get(ahead.pop(), ()):
            alone = _unread(given, op, behind)
            over_time = not isinstance(places[op.writes][1], Once)
            if op not in sunk and over_time and alone and commutes(given, op, how):
                behind.add(op.writes)
                sunk.add(op)
                ahead += op.reads
    return sorted(sunk, key=lambda op: places[op.writes][0])


def _unread(given: Program, op: Op, behind: Collection[str]) -> bool:
    """Whether nothing reads a value but what goes after the readout."""
    return all(reader.writes in behind for reader in given.readers[op.writes])


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


def _moved(given: Program, moves: Mapping[Op, Sequence[Op]]) -> Program:
    """The program with what can be sunk after its readout."""
    behind = {readout: _behind(given, readout, sunk) for readout, sunk in moves.items()}
    gone = {op.writes for sunk in moves.values() for op in sunk}
    return given.with_regions(_region(given, region, behind, gone) for region in given.regions)


def _behind(given: Program, readout: Op, sunk: Sequence[Op]) -> list[Op]:
    """The readouts of what ``sunk`` reads, then ``sunk``."""
    inside = {op.writes for op in sunk}
    read = dict.fromkeys(n for op in sunk for n in op.reads if n not in inside and n in given.timed)
    kind = given.node(readout).operator.kind
    names = {name: f"{name}.{kind}" for name in read} | {readout.reads[0]: readout.writes}
    first = [replace(readout, reads=(name,), writes=names[name]) for name in read]
    return [*first, *(_renamed(op, names) for op in sunk)]


def _renamed(op: Op, names: Mapping[str, str]) -> Op:
    reads = tuple(names.get(name, name) for name in op.reads)
    return replace(op, reads=reads, writes=names.get(op.writes, op.writes))


def _region(
    given: Program, region: Region, behind: Mapping[Op, Sequence[Op]], gone: Collection[str]
) -> Region:
    if not isinstance(region, Once):
        return given.without(region, gone)
    return Once(tuple(new for op in region.ops for new in behind.get(op, (op,))))
