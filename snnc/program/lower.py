"""Graph into the naive Program: everything at every step, cut only where all steps are needed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from snnc.analysis.cycles import components
from snnc.graph import Graph, Node
from snnc.past import Past
from snnc.program.types import Carry, Fold, Once, Op, Program, Region, Scan
from snnc.readout import Readout


def lower(graph: Graph) -> Program:
    """One loop over time that does what the text of the network says, in its order.

    An operator that needs every step at once (sequence statistics, a readout) ends the loop before
    it; another begins after it.
    """
    regions: list[Region] = []
    pending: list[Op] = []
    for node in ordered(graph):
        op = Op(node.path, node.reads, node.path, times(graph, node))
        if not whole(node):
            pending.append(op)
            continue
        if pending:
            regions.append(scan(graph, pending))
        pending = []
        regions.append(Once((op,)) if isinstance(node.operator, Readout) else Fold((op,)))
    if pending:
        regions.append(scan(graph, pending))
    return program(graph, regions)


def ordered(graph: Graph) -> Iterable[Node]:
    """Every node and delay as the text has them, but what only a delayed edge needs before it."""
    nodes = graph.steps
    groups = components({node.path: node.reads for node in nodes})
    return (graph[name] for group in groups for name in group)


def times(graph: Graph, node: Node) -> int:
    """The number of executions of a node that its op stands for."""
    return 1 if isinstance(node.operator, Readout) else graph.time_steps


def whole(node: Node) -> bool:
    """Whether an operator needs all time steps at once, in training or in eval mode."""
    return any(node.operator.traits(mode).time == "whole" for mode in (True, False))


def scan(graph: Graph, ops: Sequence[Op]) -> Scan:
    """A loop of ``ops`` with their states; :func:`program` says what it yields."""
    return Scan(tuple(ops), carries(graph, ops), (), "loop")


def carries(graph: Graph, ops: Iterable[Op]) -> tuple[Carry, ...]:
    """The states of ops, in their order."""
    return tuple(carry for op in ops for carry in _carries(graph[op.node]))


def _carries(node: Node) -> Iterable[Carry]:
    operator = node.operator
    depth = operator.steps if isinstance(operator, Past) else 1
    for state, init in operator.carries().items():
        yield Carry(f"{node.path}.{state}" if state else node.path, init, depth)


def without(given: Program, region: Region, gone: Collection[str]) -> Region:
    """``region`` without the ops that write these values; a loop loses their states too."""
    ops = tuple(op for op in region.ops if op.writes not in gone)
    if isinstance(region, Scan):
        return Scan(ops, carries(given.graph, ops), (), region.form)
    return replace(region, ops=ops)


def program(
    graph: Graph, regions: Iterable[Region], dropped: tuple[tuple[str, str], ...] = ()
) -> Program:
    """A Program of these regions; each loop yields what others read of it."""
    regions = tuple(regions)
    readers: dict[str, set[int]] = {}
    for at, region in enumerate(regions):
        for op in region.ops:
            for name in op.reads:
                readers.setdefault(name, set()).add(at)
    return Program(graph, tuple(_yielding(r, i, readers) for i, r in enumerate(regions)), dropped)


def _yielding(region: Region, at: int, readers: dict[str, set[int]]) -> Region:
    if not isinstance(region, Scan):
        return region
    names = tuple(op.writes for op in region.ops if readers.get(op.writes, set()) - {at})
    return Scan(region.ops, region.carries, names, region.form)
