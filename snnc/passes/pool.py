"""Pool: a neuron and the pooling that reads it run in one kernel.

The windows must not overlap, and nothing else may read the neuron. Neither pass then stores the
neuron's output at full size.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from snnc.neuron import SpikingNeuron
from snnc.program.types import Op, Program, Region, Scan


@dataclass(frozen=True)
class PoolInKernel:
    """Moves pooling into the kernel of the neuron before it."""

    name: str = "pool"
    optional: bool = True
    stepwise: bool = False
    hides_values: bool = True

    def apply(self, given: Program) -> Program:
        found = pooled(given)
        moved = {op.writes for op in found.values()}
        regions = (_with(given.without(region, moved), found) for region in given.regions)
        return given.with_regions(regions)


def pooled(given: Program) -> Mapping[str, Op]:
    """The pooling behind each neuron, by the value that the neuron writes."""
    alone = {name: ops[0] for name, ops in given.readers.items() if len(ops) == 1}
    cells = (cell for region in given.regions if (cell := _spiking(given, region)))
    names = (cell.writes for cell in cells if cell.writes not in given.graph.answers)
    return {name: alone[name] for name in names if name in alone and _windows(given, alone[name])}


def _windows(given: Program, op: Op) -> bool:
    return given.node(op).operator.window() is not None


def _spiking(given: Program, region: Region) -> Op | None:
    """The neuron of a kernel without feedback, if it spikes; other neurons may return NaN."""
    if not isinstance(region, Scan) or region.form != "kernel" or len(region.ops) != 1:
        return None
    (cell,) = region.ops
    return cell if isinstance(given.node(cell).operator, SpikingNeuron) else None


def _with(region: Region, found: Mapping[str, Op]) -> Region:
    """A kernel with the pooling behind it, if there is one."""
    if not isinstance(region, Scan) or len(region.ops) != 1 or region.ops[0].writes not in found:
        return region
    (cell,) = region.ops
    return Scan((cell, found[cell.writes]), region.carries, (), "pooled")
