"""Fold: what has no state runs on all steps at once, as a batch of T·B samples.

Only neurons stay in scans, each in one of its own: a kernel that runs all its steps in one call.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from snnc.program import types
from snnc.program.lower import scan
from snnc.program.types import Op, Program, Region, Scan


@dataclass(frozen=True)
class Fold:
    """Takes loops apart: a kernel for every neuron, a fold for all between two of them."""

    name: str = "fold"

    def apply(self, program: Program) -> Program:
        parts = [part for region in program.regions for part in _parts(program, region)]
        return Program(program.graph, tuple(_joined(parts)))


def _parts(program: Program, region: Region) -> Iterator[Region]:
    if not isinstance(region, Scan):
        yield region
        return
    for op in region.ops:
        if causal(program, op):
            yield scan(program.graph, [op], "kernel")
        else:
            yield types.Fold((op,))


def causal(program: Program, op: Op) -> bool:
    """Whether it keeps a state, in training or in eval."""
    operator = program.node(op).operator
    return any(operator.traits(training).time == "causal" for training in (True, False))


def _joined(parts: list[Region]) -> Iterator[Region]:
    """Neighbouring folds become one."""
    for is_fold, group in groupby(parts, lambda part: isinstance(part, types.Fold)):
        regions = list(group)
        if is_fold:
            yield types.Fold(tuple(op for region in regions for op in region.ops))
        else:
            yield from regions
