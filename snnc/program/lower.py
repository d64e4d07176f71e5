"""Graph into the naive Program: everything at every step, cut only where all steps are needed."""

from collections.abc import Collection, Sequence
from typing import Literal

from snnc.graph import Graph, Node
from snnc.neuron import Neuron
from snnc.program.types import Carry, Fold, Once, Op, Program, Region, Scan, data
from snnc.readout import Readout


def lower(graph: Graph) -> Program:
    """One loop over time that does what the text of the network says, in its order.

    An operator that needs every step at once (sequence statistics, a readout) ends the loop before
    it; another begins after it.
    """
    regions: list[Region] = []
    pending: list[Op] = []
    for node in graph.nodes:
        op = _op(graph, node)
        if not whole(node):
            pending.append(op)
            continue
        if pending:
            regions.append(scan(graph, pending, "loop"))
        pending = []
        regions.append(Once((op,)) if isinstance(node.operator, Readout) else Fold((op,)))
    if pending:
        regions.append(scan(graph, pending, "loop"))
    return Program(graph, tuple(regions))


def _op(graph: Graph, node: Node) -> Op:
    times = 1 if isinstance(node.operator, Readout) else graph.time_steps
    return Op(node.path, reads(node), times)


def reads(node: Node) -> tuple[str, ...]:
    """The values that a node reads: an encoder, its data."""
    return tuple(ref.node for ref in node.inputs) or (data(node.path),)


def whole(node: Node) -> bool:
    """Whether it needs every step at once, in training or in eval."""
    return any(node.operator.traits(mode).time == "whole" for mode in (True, False))


def scan(graph: Graph, ops: Sequence[Op], form: Literal["kernel", "loop"]) -> Scan:
    """A scan of ``ops``: its carries are their states, its yields what others read."""
    inside = {op.node for op in ops}
    outside = {ref.node for node in graph.nodes if node.path not in inside for ref in node.inputs}
    yields = tuple(op.node for op in ops if op.node in outside)
    return Scan(tuple(ops), carries(graph, inside), yields, form)


def carries(graph: Graph, names: Collection[str]) -> tuple[Carry, ...]:
    """The states of the nodes named, in the graph's order."""
    neurons = ((n.path, n.operator) for n in graph.nodes if n.path in names)
    return tuple(
        Carry(f"{path}.{state}", init)
        for path, neuron in neurons
        if isinstance(neuron, Neuron)
        for state, init in neuron.start().items()
    )
