"""Whole: a chain of Linear layers and neurons, up to the readout behind it, runs in one kernel.

Each layer must be the only reader of the one before it. A neuron must have one input and no first
state that is learned; its output may come back to it through a Linear layer, as for ``recur``.
Poisson spikes are drawn in the kernel if the chain begins with them. Weights must fit the cache of
a core (``MOST``, ``WIDEST``): a kernel goes through all layers with a few samples at a time.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from snnc.encoder import Encoder
from snnc.kernel.whole import HOW
from snnc.neuron import Neuron
from snnc.program.links import outside
from snnc.program.types import Once, Op, Program, Region, Scan, carries
from snnc.readout import Readout

WIDEST = 512
"""The most neurons of a layer in a chain."""
MOST = 2**13
"""The most weights of a chain. Beyond them PyTorch's products, which pack them, train faster."""
RARE = 8
"""Of so many weights that drawn spikes read, one counts: few of the spikes fire."""


Cells = Mapping[str, tuple[Op, ...]]
"""The ops of neurons, by the value that they write."""


@dataclass(frozen=True)
class WholeChains:
    """Moves chains of layers and the readout behind them into one kernel."""

    name: str = "whole"
    optional: bool = True
    stepwise: bool = False
    hides_values: bool = True

    def apply(self, given: Program) -> Program:
        found = {ops[-2].writes: ops for ops in chains(given) if fits(given, ops)}
        moved = {op.writes for ops in found.values() for op in ops}
        return given.with_regions(
            made for region in given.regions for made in _with(given, region, found, moved)
        )


def chains(given: Program) -> Iterator[tuple[Op, ...]]:
    """The layers in front of each readout that a kernel could run, then the readout.

    None is asked whether it fits a cache.
    """
    cells = _cells(given)
    for op in (op for r in given.regions if isinstance(r, Once) for op in r.ops):
        ops = _before(given, op.reads[0], cells) if _adds_up(given, op) else ()
        if any(given.node(each).operator.product for each in ops):
            yield (*_drawn(given, ops[0]), *ops, op)


def fits(given: Program, ops: tuple[Op, ...]) -> bool:
    """Whether the weights of a chain, and its layers, are small enough."""
    layers = (op for op in ops if not isinstance(given.node(op).operator, Encoder))
    widest = max(given.shape(op)[0] for op in layers if not given.node(op).operator.flattens)
    return widest <= WIDEST and weights(given, ops) <= MOST


def weights(given: Program, ops: tuple[Op, ...]) -> int:
    """The number of weights of a chain that dense products read, and a share of the others."""
    counts = [given.node(op).operator.macs(*given.node(op).shapes) for op in ops]
    if isinstance(given.node(ops[0]).operator, Encoder):
        first = next(at for at, count in enumerate(counts) if count)
        counts[first] //= RARE
    return sum(counts)


def _adds_up(given: Program, op: Op) -> bool:
    operator = given.node(op).operator
    if not isinstance(operator, Readout) or operator.reads_lengths:
        return False
    return operator.kind in HOW and op.reads[0] in given.timed


def _before(given: Program, name: str, cells: Cells) -> tuple[Op, ...]:
    """The layers of a chain that ends with the value ``name``, a neuron's."""
    found: tuple[Op, ...] = ()
    while (link := _link(given, name, cells)) and (found or name in cells):
        found, (name,) = (*link, *found), outside(link)
    return found


def _link(given: Program, name: str, cells: Cells) -> tuple[Op, ...]:
    """The ops that make a value which just one other reads, if they may be part of a chain."""
    op = _only(given, name, cells)
    if op is None or len(given.shape(op)) != 1 or len(op.reads) != 1:
        return ()
    linear = given.node(op).operator.product and op.reads[0] in given.timed
    return cells.get(name, (op,) if linear else ())


def _cells(given: Program) -> Cells:
    """The neurons whose state begins with numbers, alone or with the weight of their feedback."""
    scans = (r for r in given.regions if isinstance(r, Scan) and r.form in ("kernel", "recurrent"))
    found = {r.ops: _the_neuron(given, r) for r in scans}
    return {cell.writes: ops for ops, cell in found.items() if cell}


def _the_neuron(given: Program, region: Scan) -> Op | None:
    fed = region.form == "recurrent"
    timed = not fed or {*outside(region.ops)} <= given.timed
    if not timed or (not fed and len(region.ops) > 1):
        return None
    (cell,) = (op for op in region.ops if isinstance(given.node(op).operator, Neuron))
    operator = given.node(cell).operator
    return cell if isinstance(operator, Neuron) and _known(operator) else None


def _drawn(given: Program, first: Op) -> tuple[Op, ...]:
    """The encoder that draws the spikes of a product, and the layer that makes vectors of them."""
    if not given.node(first).operator.product:
        return ()
    found: tuple[Op, ...] = ()
    while (op := _only(given, first.reads[0], {})) is not None:
        operator, found = given.node(op).operator, (op, *found)
        if isinstance(operator, Encoder):
            return found if operator.bernoulli else ()
        if not operator.flattens or len(found) > 1:
            return ()
        first = op
    return ()


def _only(given: Program, name: str, cells: Cells) -> Op | None:
    """The op that writes a value which just one other reads, beside its own past."""
    (op,) = given.writers.get(name, (None,))
    graph = given.graph
    if op is None or name in graph.answers or name in graph.watched or name in given.crops:
        return None
    own = {each.writes for each in cells.get(name, ())}
    return op if len([r for r in given.readers[name] if r.writes not in own]) == 1 else None


def _known(cell: Neuron) -> bool:
    return all(isinstance(first, float) for first in cell.start().values())


def _with(
    given: Program, region: Region, found: dict[str, tuple[Op, ...]], moved: set[str]
) -> Iterator[Region]:
    """A region without what is moved, and the chain that ends with its neuron."""
    ends = [op.writes for op in region.ops if op.writes in found]
    yield given.without(region, moved)
    for end in ends:
        ops = found[end]
        yield Scan(ops, carries(given.graph, ops), (), "whole")
