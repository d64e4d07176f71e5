"""Fuse: a neuron and the element-wise feedback around it run in one kernel.

The cycle must be one neuron, its own past, and one element-wise layer that joins this past with
values from outside. Nothing outside may read a value inside. The past becomes a state of the kernel
(kernel/compose.py), so gradients and all backends follow.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from snnc.graph.delayed_edge import Past
from snnc.neuron import Neuron
from snnc.program.types import Op, Program, Region, Scan

DEEPEST = 16
"""The longest delay that a kernel keeps: each step of it is a state."""


@dataclass(frozen=True)
class Fuse:
    """Turns loops around one neuron into kernels."""

    name: str = "fuse"
    optional: bool = True
    stepwise: bool = False
    hides_values: bool = True

    def apply(self, given: Program) -> Program:
        return replace(given, regions=tuple(_fused(given, r) for r in given.regions))


def alike(given: Program, program: Program) -> Program:
    """``given`` with the loops that are kernels in ``program``, whatever else reads them.

    For a program in which every value exists: those inside a kernel follow from its output.
    """
    kernels = {
        op.node
        for region in program.regions
        if isinstance(region, Scan) and region.form == "kernel"
        for op in region.ops
    }
    regions = (
        replace(r, form="kernel") if isinstance(r, Scan) and _within(r, kernels) else r
        for r in given.regions
    )
    return replace(given, regions=tuple(regions))


def _within(region: Scan, names: set[str]) -> bool:
    return all(op.node in names for op in region.ops)


def _fused(given: Program, region: Region) -> Region:
    if not isinstance(region, Scan) or region.form != "loop":
        return region
    cell = the_neuron(given, region.ops)
    if cell is None or {*region.yields} - {cell.writes}:
        return region
    return replace(region, form="kernel") if _elementwise(given, region.ops, cell) else region


def the_neuron(given: Program, ops: Sequence[Op]) -> Op | None:
    """The only operator that keeps a state, if all others in the loop are its past or have none."""
    found = [op for op in ops if given.node(op).operator.carries()]
    cells = [op for op in found if isinstance(given.node(op).operator, Neuron)]
    own = all(op.reads == (cells[0].writes,) for op in found if op not in cells) if cells else False
    return cells[0] if len(cells) == 1 and own else None


def _elementwise(given: Program, ops: Sequence[Op], cell: Op) -> bool:
    pasts = {op.writes: given.node(op).operator for op in ops if _past(given, op)}
    others = [op for op in ops if op.writes not in pasts and op is not cell]
    if len(others) != 1 or {*cell.reads} & {*pasts} or cell.reads.count(others[0].writes) != 1:
        return False
    (merge,) = others
    operator = given.node(merge).operator
    shallow = all(isinstance(p, Past) and p.steps <= DEEPEST for p in pasts.values())
    outside = any(name not in pasts for name in merge.reads)
    return (
        bool(operator.elementwise(len(merge.reads)))
        and shallow
        and outside
        and reachable(given, merge, cell)
    )


def reachable(given: Program, merge: Op, cell: Op) -> bool:
    """Whether the neuron's module holds the run-time parameters of the layer before it, if any."""
    operator = given.node(merge).operator
    numbers = isinstance(operator, Neuron) and operator.run_time()
    return not numbers or merge.node.startswith(f"{cell.node}.")


def _past(given: Program, op: Op) -> bool:
    return isinstance(given.node(op).operator, Past)
