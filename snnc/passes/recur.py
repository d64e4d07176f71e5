"""Recur: a neuron and the matrix product around it run in one kernel.

The cycle must be one neuron, its past of one time step, one Linear, and either an Add that joins
the product with values from outside, or a Concat in front of the Linear. The weights for the
outside part of a Concat then apply to all time steps at once, before the loop.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from snnc.graph.delayed_edge import Past
from snnc.passes.fuse import the_neuron
from snnc.program.types import Op, Program, Region, Scan
from snnc.step.ssa import joined

WIDEST = 512
"""The most neurons for which a kernel keeps the weight in cache."""


@dataclass(frozen=True)
class Recur:
    """Turns loops around one neuron and one Linear into kernels with a weight."""

    name: str = "recur"
    optional: bool = True
    stepwise: bool = False
    hides_values: bool = True

    def apply(self, given: Program) -> Program:
        return replace(given, regions=tuple(_recurrent(given, r) for r in given.regions))


def _recurrent(given: Program, region: Region) -> Region:
    if not isinstance(region, Scan) or region.form != "loop":
        return region
    cell = the_neuron(given, region.ops)
    if cell is None or {*region.yields} - {cell.writes}:
        return region
    return replace(region, form="recurrent") if _linear(given, region.ops, cell) else region


def _linear(given: Program, ops: Sequence[Op], cell: Op) -> bool:
    """Match i = x + W y[t-1], in either of its two forms."""
    shape = given.shape(cell)
    pasts = [op for op in ops if isinstance(given.node(op).operator, Past)]
    others = [op for op in ops if op is not cell and op not in pasts]
    products = [op for op in others if given.node(op).operator.product]
    simple = (len(pasts), len(products), len(others), len(cell.reads)) == (1, 1, 2, 1)
    if not simple or len(shape) != 1 or shape[0] > WIDEST:
        return False
    (past,), (product,) = pasts, products
    (join,) = (op for op in others if op is not product)
    operator = given.node(past).operator
    one_step = isinstance(operator, Past) and operator.steps == 1
    return one_step and (
        _added(given, past, product, join, cell) or _joined(given, past, product, join, cell)
    )


def _added(given: Program, past: Op, product: Op, join: Op, cell: Op) -> bool:
    """x + Linear(y[t-1])."""
    sums = given.node(join).operator.elementwise(2) == joined("add", 2)
    chain = product.reads == (past.writes,) and cell.reads == (join.writes,)
    return sums and chain and len(join.reads) == 2 and join.reads.count(product.writes) == 1


def _joined(given: Program, past: Op, product: Op, join: Op, cell: Op) -> bool:
    """Linear(Concat(x, y[t-1]))."""
    chain = product.reads == (join.writes,) and cell.reads == (product.writes,)
    features = given.node(join).operator.concatenates and len(join.reads) == 2
    return chain and features and join.reads.count(past.writes) == 1
