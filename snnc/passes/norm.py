"""Norm: a batch norm and the neuron that reads it run in one kernel.

The statistics must cover all time steps, and nothing else may read the batch norm. The kernel never
stores the normalised values. It computes as much as before if its input is static, because a kernel
reads such an input once for all time steps.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from snnc.neuron import Neuron
from snnc.program.types import Op, Program, Region, Scan


@dataclass(frozen=True)
class Norm:
    """Moves a batch norm into the kernel of the neuron after it."""

    name: str = "norm"
    optional: bool = True
    stepwise: bool = False
    hides_values: bool = True

    def apply(self, given: Program) -> Program:
        found = normed(given)
        moved = {op.writes for op in found.values()}
        regions = (_with(given.without(region, moved), found) for region in given.regions)
        return given.with_regions(regions)


def normed(given: Program) -> Mapping[str, Op]:
    """The batch norm before each neuron, by the value that the neuron writes."""
    norms = {
        op.writes: op
        for _, op in given.placed()
        if given.node(op).operator.normalises and len(given.readers.get(op.writes, ())) == 1
    }
    cells = (cell for region in given.regions if (cell := _neuron(given, region)))
    return {cell.writes: norms[cell.reads[0]] for cell in cells if cell.reads[0] in norms}


def _neuron(given: Program, region: Region) -> Op | None:
    """The neuron of a kernel without feedback, if it has one input."""
    if not isinstance(region, Scan) or region.form not in ("kernel", "pooled"):
        return None
    (cell, *rest) = region.ops
    alone = isinstance(given.node(cell).operator, Neuron) and len(cell.reads) == 1
    return cell if alone and (region.form == "pooled" or not rest) else None


def _with(region: Region, found: Mapping[str, Op]) -> Region:
    """A kernel with the batch norm before it, if there is one."""
    if not isinstance(region, Scan) or not region.ops or region.ops[0].writes not in found:
        return region
    norm = found[region.ops[0].writes]
    return Scan((norm, *region.ops), region.carries, (), "normed")
