"""Activations into neurons, each in its place and under its name."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from snnc.ann2snn.delayed import delayed
from snnc.ann2snn.graph_edits import only_reader, updated
from snnc.ann2snn.spiking import ScaledIF, SignedIF
from snnc.ann2snn.types import ReplacedActivation
from snnc.document import Document
from snnc.graph.types import Graph, Node
from snnc.layer import Operator
from snnc.layers._pool import Pool
from snnc.layers.add import Add
from snnc.layers.qcfs import QCFS
from snnc.number import Value
from snnc.readout import Readout
from snnc.readouts.sequence import EveryStep
from snnc.sections.convert import Convert
from snnc.source.diagnostic import Diagnostic, Findings


def fired(
    document: Document, graph: Graph, values: Mapping[str, str], section: Convert
) -> tuple[Graph, tuple[ReplacedActivation, ...]]:
    """The SNN, and its activations. ``values``: those whose value is that of another layer now.

    Raises Findings: a bias is to be calibrated where there is none.
    """
    nodes = [node for node in graph.nodes if node.operator.role == "activation"]
    biases = {n.path: _bias(graph, n) if section.calibrate == "bias" else None for n in nodes}
    if section.calibrate == "bias":
        lacking = [node for node in nodes if biases[node.path] is None]
        if lacking:
            raise Findings(*(_unbiased(document, node) for node in lacking))
    operator = _neuron(section)
    snn = updated(graph, (replace(node, operator=operator) for node in nodes))
    snn = updated(snn, (_with_bias(snn, path) for path in biases.values() if path))
    snn = updated(snn, (_late(snn[name], section.readout_delay) for name in snn.outputs))
    found = (
        ReplacedActivation(
            n.path, values.get(n.path, n.path), biases[n.path], isinstance(n.operator, QCFS)
        )
        for n in nodes
    )
    return snn, tuple(found)


def _late(node: Node, delay: int) -> Node:
    assert isinstance(node.operator, Readout)
    return replace(node, operator=delayed(node.operator, delay))


def over_time(graph: Graph) -> Graph:
    """The network with its answer at every step."""
    nodes = (replace(graph[name], operator=EveryStep()) for name in graph.outputs)
    return updated(graph, nodes)


def _neuron(section: Convert) -> Operator:
    start: Literal["channel", "neuron"] = "channel"
    if section.calibrate == "potential":
        start = "neuron"
    kind = SignedIF if section.signed else ScaledIF
    return kind(
        v_threshold=Value(value=1.0, per="channel"),
        initial={"v": Value(value=0.0, per=start)},
    )


def _with_bias(graph: Graph, path: str) -> Node:
    node = graph[path]
    return replace(node, operator=node.operator.model_copy(update={"bias": True}))


def _bias(graph: Graph, node: Node) -> str | None:
    """The weights whose bias adds to each channel of the neuron's input, and to nothing else.

    Only sums and poolings may lie between: what scales, joins or reorders channels would make of
    the correction something else.
    """
    for before in (graph[ref.node] for ref in node.inputs):
        if only_reader(graph, before.path) is None:
            continue
        if before.operator.role == "weights":
            return before.path
        found = _bias(graph, before) if isinstance(before.operator, Add | Pool) else None
        if found:
            return found
    return None


def _unbiased(document: Document, node: Node) -> Diagnostic:
    found = document.tree.find((*node.at, "kind"))[0]
    message = f"`{node.path}`: no bias before it belongs to it alone, so none can be calibrated"
    help = 'write `calibrate = "potential"` in [convert]'
    return Diagnostic("SNN310", "bad-conversion", message, found.place, help, found.notes)
