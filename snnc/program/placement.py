"""Where every layer went and why, what it costs before and after: what ``snnc show`` prints."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from snnc.encoder import Encoder
from snnc.layer import Shape
from snnc.program.types import Fold, Once, Op, Program, Region
from snnc.readout import Readout

Where = Literal["before", "time", "after"]


@dataclass(frozen=True)
class Placed:
    """One operator in its region. MACs are per sample and call: all T steps."""

    name: str
    kind: str
    inputs: tuple[Shape, ...]
    shape: Shape
    region: Where
    reason: str
    parameters: int
    macs_before: int
    macs_after: int


def placement(program: Program) -> tuple[Placed, ...]:
    """Every operator in the order of execution."""
    return tuple(_placed(program))


def _placed(program: Program) -> Iterator[Placed]:
    over_time = False
    for region in program.regions:
        over_time = over_time or not isinstance(region, Once)
        once: Where = "after" if over_time else "before"
        where: Where = once if isinstance(region, Once) else "time"
        for op in region.ops:
            yield _row(program, region, op, where)


def _row(program: Program, region: Region, op: Op, where: Where) -> Placed:
    node = program.node(op)
    macs = node.operator.macs(*node.shapes)
    before = macs * program.graph.time_steps
    after = macs if where != "time" else before
    kind, shapes = node.operator.kind, node.shapes
    counts = (node.operator.parameters(*shapes), before, after)
    return Placed(op.node, kind, shapes, node.shape, where, reason(program, region, op), *counts)


def reason(program: Program, region: Region, op: Op) -> str:
    """One clause for a person: why the operator is where it is."""
    operator = program.node(op).operator
    if isinstance(operator, Readout):
        return f"{operator.kind} over time: needs every step"
    if isinstance(region, Once):
        return "static: its input does not change over time"
    if own := operator.why():
        return f"not hoisted: {own}"
    if isinstance(operator, Encoder):
        return "not hoisted: the data itself is a sequence"
    source = next((name for name in op.reads if name in program.timed), op.reads[0])
    how = "all steps at once" if isinstance(region, Fold) else "step by step"
    return f"not hoisted: {source} changes over time; {how}"
