"""Fold: only true recurrence stays in a loop.

A loop falls apart along its strongly connected components. A layer without a state runs on all time
steps at once, as a batch of T·B samples. A neuron alone becomes a kernel that runs all its time
steps in one call. A delay outside a cycle becomes a shift. Only a cycle stays a loop.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from snnc.graph.cycles import components
from snnc.program import types
from snnc.program.types import Op, Program, Region, Scan, carries


@dataclass(frozen=True)
class FoldTime:
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
    """Whether an op takes all time steps at once: it has no state, or reads its past as data."""
    node = given.node(op)
    causal = any(mode.time == "causal" for mode in node.modes)
    return not causal or node.operator.over_time


def _joined(parts: list[Region]) -> Iterator[Region]:
    """The regions with neighbouring folds joined."""
    for is_fold, group in groupby(parts, lambda part: isinstance(part, types.Fold)):
        regions = list(group)
        if is_fold:
            yield types.Fold(tuple(op for region in regions for op in region.ops))
        else:
            yield from regions
