"""Hoist: what is the same at every step is computed once, before time.

An operator can go when nothing it reads changes over time and it neither keeps a state, nor looks
at the step's number, nor draws anew at every step. It then stands for T executions: a batch
normalisation still makes the running update that its ``stats`` declare.
"""

from dataclasses import dataclass

from snnc.program.types import Once, Op, Program


@dataclass(frozen=True)
class Hoist:
    """Moves static operators out of loops and folds into one region before time."""

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
    """The operators over time whose every input is static, and theirs in turn."""
    timed = set(given.timed)
    for region, op in given.placed():
        if not isinstance(region, Once) and movable(given, op) and not timed & {*op.reads}:
            timed.discard(op.writes)
    return frozenset(given.timed - timed)


def movable(given: Program, op: Op) -> bool:
    """Whether one execution on a static input could stand for all steps, in both modes."""
    modes = (given.node(op).operator.traits(training) for training in (True, False))
    return all(m.time in ("pointwise", "whole") and m.random != "step" for m in modes)
