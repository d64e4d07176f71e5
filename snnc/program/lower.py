"""Graph into the naive Program: everything at every step, cut only where all steps are needed."""

from collections.abc import Iterable, Sequence

from snnc.graph.cycles import components
from snnc.graph.types import Graph, Node
from snnc.program.types import Fold, Once, Op, Program, Region, Scan, carries
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
    return Program(graph, ()).with_regions(regions)


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
    return any(mode.time == "whole" for mode in node.modes)


def scan(graph: Graph, ops: Sequence[Op]) -> Scan:
    """A loop of ``ops`` with their states; ``with_regions`` says what it yields."""
    return Scan(tuple(ops), carries(graph, ops), (), "loop")
