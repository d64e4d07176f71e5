"""Hoist: what is the same at every step is computed once, before time.

An operator can go when nothing it reads changes over time and it neither keeps a state, nor looks
at the step's number, nor draws anew at every step. It then stands for T executions: a batch
normalisation still makes the running update that its ``stats`` declare.
"""

from dataclasses import dataclass, replace

from snnc.program.lower import scan
from snnc.program.types import Once, Op, Program, Region, Scan


@dataclass(frozen=True)
class Hoist:
    """Moves static operators out of loops and folds into one region before time."""

    name: str = "hoist"

    def apply(self, program: Program) -> Program:
        static = _static(program)
        ops = [op for region, op in program.placed() if op.node in static]
        before = Once(tuple(ops))
        rest = (_without(program, region, static) for region in program.regions)
        kept = (region for region in rest if region.ops)
        return Program(program.graph, (before, *kept) if ops else tuple(kept))


def _static(program: Program) -> frozenset[str]:
    """The operators over time whose every input is static, and theirs in turn."""
    timed = set(program.timed)
    for region, op in program.placed():
        if not isinstance(region, Once) and movable(program, op) and not timed & {*op.reads}:
            timed.discard(op.node)
    return frozenset(program.timed - timed)


def movable(program: Program, op: Op) -> bool:
    """Whether one execution on a static input could stand for all steps, in both modes."""
    modes = (program.node(op).operator.traits(training) for training in (True, False))
    return all(m.time in ("pointwise", "whole") and m.random != "step" for m in modes)


def _without(program: Program, region: Region, static: frozenset[str]) -> Region:
    ops = tuple(op for op in region.ops if op.node not in static)
    if isinstance(region, Scan) and ops:
        return scan(program.graph, ops, region.form)
    return replace(region, ops=ops)
