"""Hoist: values that are the same at every time step are computed once, before the time loop.

An operator can move if its inputs do not change over time, and if it has no state, does not depend
on the index of the time step, and does not draw random numbers at each time step. It then stands
for T executions: a batch norm still makes the running update that its ``stats`` declare.
"""

from dataclasses import dataclass

from snnc.program.types import Once, Op, Program


@dataclass(frozen=True)
class Hoist:
    """Moves static operators out of loops and folds into one region before the time loop."""

    name: str = "hoist"
    optional: bool = True
    stepwise: bool = True
    hides_values: bool = False

    def apply(self, given: Program) -> Program:
        static = _static(given)
        ops = [op for _, op in given.placed() if op.writes in static]
        rest = (given.without(region, static) for region in given.regions)
        return given.with_regions([Once(tuple(ops)), *rest])


def _static(given: Program) -> frozenset[str]:
    """The operators over time whose inputs are all static, found from the inputs on."""
    timed = set(given.timed)
    for region, op in given.placed():
        if not isinstance(region, Once) and movable(given, op) and not timed & {*op.reads}:
            timed.discard(op.writes)
    return frozenset(given.timed - timed)


def movable(given: Program, op: Op) -> bool:
    """Whether one execution on a static input can stand for all time steps."""
    return given.node(op).operator.hoists
