"""The place of every layer in time, its reason and its cost, as ``snnc show`` prints them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from snnc.encoder import Encoder
from snnc.program.crops import Shapes, corners, inputs, reach, wanted
from snnc.program.types import Once, Op, Program, Region, Scan
from snnc.readout import Readout
from snnc.shapes import Shape

Where = Literal["before", "time", "after", "dropped"]
_NAMED = 8
"""Operators of a cycle that a reason names."""


@dataclass(frozen=True)
class Placed:
    """One operator in its region. MACs are per sample and call: all T steps.

    ``computed`` is what is left of ``shape`` where the rest reaches no output.
    """

    name: str
    kind: str
    inputs: tuple[Shape, ...]
    shape: Shape
    computed: Shape
    region: Where
    reason: str
    parameters: int
    macs_before: int
    macs_after: int


def placement(program: Program) -> tuple[Placed, ...]:
    """Every operator in the order of execution, then those that are not executed."""
    return (*_placed(program), *_dropped(program))


def _placed(program: Program) -> Iterator[Placed]:
    over_time, have, want = False, corners(program), wanted(program)
    for region in program.regions:
        over_time = over_time or not isinstance(region, Once)
        once: Where = "after" if over_time else "before"
        where: Where = once if isinstance(region, Once) else "time"
        for op in region.ops:
            place: Where = "before" if _same(program, region, op) else where
            place = "after" if over_time and program.once(region, op) else place
            row = _row(program, region, op, place, have)
            less = row.computed != row.shape and reach(row.shape, want[op.writes])
            yield replace(row, reason=f"{row.reason}; {less}") if less else row


def _same(program: Program, region: Region, op: Op) -> bool:
    """Whether an op runs in a neuron's kernel, but once before the time steps."""
    normed = isinstance(region, Scan) and region.form == "normed" and op is region.ops[0]
    return normed and op.reads[0] not in program.timed


def _dropped(program: Program) -> Iterator[Placed]:
    steps = program.graph.time_steps
    for name, why in program.dropped:
        node = program.graph[name]
        macs = node.operator.macs(*node.shapes) * steps
        counts = (node.operator.parameters(*node.shapes), macs, 0)
        kind = node.operator.kind
        yield Placed(name, kind, node.shapes, node.shape, node.shape, "dropped", why, *counts)


def _row(program: Program, region: Region, op: Op, where: Where, have: Shapes) -> Placed:
    node, steps = program.node(op), program.graph.time_steps
    before = node.operator.macs(*node.shapes) * steps
    after = node.operator.macs(*inputs(program, op, have)) * (steps if where == "time" else 1)
    kind, shapes, shape = node.operator.kind, node.shapes, program.shape(op)
    counts = (node.operator.parameters(*shapes), before, after)
    why = reason(program, region, op, where)
    return Placed(op.node, kind, shapes, shape, have[op.writes], where, why, *counts)


def reason(program: Program, region: Region, op: Op, where: Where) -> str:
    """One clause for a person: why the operator is where it is."""
    operator = program.node(op).operator
    if isinstance(operator, Readout):
        return f"{operator.kind} over time: needs every step"
    if isinstance(region, Once):
        return _once(program, op, where)
    if isinstance(region, Scan) and region.form in ("pooled", "normed"):
        return _with_neuron(program, region, op)
    if isinstance(region, Scan) and region.form == "whole":
        return _chained(program, region, op)
    if isinstance(region, Scan) and (region.form == "loop" or len(region.ops) > 1):
        return _looped(program, region, op)
    if own := operator.why():
        return f"not hoisted: {own}"
    if isinstance(operator, Encoder):
        return "not hoisted: the data itself is a sequence"
    source = next((name for name in op.reads if name in program.timed), op.reads[0])
    return f"not hoisted: {source} changes over time; all steps at once"


def _chained(program: Program, region: Scan, op: Op) -> str:
    """The reason for an op in the kernel of a chain."""
    link = region.link_of[op.writes]
    if len(link) > 1:
        others = _others(replace(region, ops=link), op)
        why = f"in a cycle with {others}: step by step"
    else:
        why = program.node(op).operator.why() or f"{op.reads[0]} changes over time"
        why = f"not hoisted: {why}"
    return f"{why}; in one kernel up to {region.ops[-1].writes}"


def _with_neuron(program: Program, region: Scan, op: Op) -> str:
    """The reason for an op in the kernel of a neuron, which names the neuron."""
    operator = program.node(op).operator
    if own := operator.why():
        return f"not hoisted: {own}"
    if not operator.normalises:
        return f"not hoisted: {op.reads[0]} changes over time; in one kernel with it"
    (cell,) = (o for o in region.ops if op.writes in o.reads)
    if _same(program, region, op):
        return f"static: its input does not change over time; in one kernel with {cell.node}"
    return f"not hoisted: {op.reads[0]} changes over time; in one kernel with {cell.node}"


def _once(program: Program, op: Op, where: Where) -> str:
    if where == "before":
        return "static: its input does not change over time"
    return f"sunk: commutes with the {_readout(program, op)} over time, so once is enough"


def _readout(program: Program, op: Op) -> str:
    """The readout behind which an op runs; "" if it is behind none."""
    ahead, seen = [op], {op.writes}
    while ahead:
        for source in (s for name in ahead.pop().reads for s in program.writers.get(name, ())):
            if isinstance(program.node(source).operator, Readout):
                return program.node(source).operator.kind
            if source.writes not in seen:
                seen.add(source.writes)
                ahead.append(source)
    return ""


def _others(region: Scan, op: Op) -> str:
    """The first names of those in a cycle with an op; for many, a list would say no more."""
    others = (o.node for o in region.ops if o.node != op.node and "@" not in o.node)
    named = [*islice(others, _NAMED + 1)]
    more = f" and {len(region.ops) - 1 - _NAMED} more" if len(named) > _NAMED else ""
    return ", ".join(named[:_NAMED]) + more or "itself"


def _looped(program: Program, region: Scan, op: Op) -> str:
    """The reason for an op in a loop: in a cycle, each step needs the one before."""
    if region.cyclic:
        how = "step by step" if region.form == "loop" else "step by step, in one kernel"
        return f"in a cycle with {_others(region, op)}: {how}"
    if own := program.node(op).operator.why():
        return f"not hoisted: {own}"
    if isinstance(program.node(op).operator, Encoder):
        return "not hoisted: the data itself is a sequence"
    source = next((name for name in op.reads if name in program.timed), op.reads[0])
    return f"not hoisted: {source} changes over time; step by step"
