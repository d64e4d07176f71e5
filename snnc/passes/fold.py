"""Fold: only what is truly recurrent is looped.

A loop falls apart along its strongly connected components. What has no state runs on all steps at
once, as a batch of T·B samples; a neuron alone is a kernel that runs all its steps in one call; a
delay outside a cycle is a shift. What is left, a cycle, stays a loop.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from snnc.analysis.cycles import components
from snnc.program import types
from snnc.program.types import Op, Program, Region, Scan, carries


@dataclass(frozen=True)
class Fold:
    """Takes loops apart: a kernel for every neuron, a loop for every cycle, folds between them."""

    name: str = "fold"
    optional: bool = False
    stepwise: bool = False
    hides_values: bool = False

    def apply(self, given: Program) -> Program:
        parts = [part for region in given.regions for part in _parts(given, region)]
        return given.with_regions(_joined(parts))


def _parts(given: Program, region: Region) -> Iterator[Region]:
    if not isinstance(region, Scan):
        yield region
        return
    ops = {op.writes: op for op in region.ops}
    for names in components({name: op.reads for name, op in ops.items()}):
        yield _part(given, [ops[name] for name in names])


def _part(given: Program, ops: Sequence[Op]) -> Region:
    if len(ops) > 1:
        return Scan(tuple(ops), carries(given.graph, ops), (), "loop")
    if foldable(given, ops[0]):
        return types.Fold(tuple(ops))
    return Scan(tuple(ops), carries(given.graph, ops), (), "kernel")


def foldable(given: Program, op: Op) -> bool:
    """Whether it takes all steps at once: it has no state, or knows its past from the sequence."""
    operator = given.node(op).operator
    causal = any(operator.traits(training).time == "causal" for training in (True, False))
    return not causal or operator.over_time


def _joined(parts: list[Region]) -> Iterator[Region]:
    """Neighbouring folds become one."""
    for is_fold, group in groupby(parts, lambda part: isinstance(part, types.Fold)):
        regions = list(group)
        if is_fold:
            yield types.Fold(tuple(op for region in regions for op in region.ops))
        else:
            yield from regions
