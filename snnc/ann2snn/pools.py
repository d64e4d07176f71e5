"""Max-pooling before the activation that it reads.

The largest of several ReLUs is the ReLU of the largest, so in the ANN the two may change places. In
the SNN they had better: the largest of several spikes says little about the largest of several
rates, while the largest of several currents is right where they are constant, and else too high.
"""

from dataclasses import replace

from snnc.ann2snn.graph_edits import reading, source, swapped
from snnc.ann2snn.spiking import Change, RunningSum
from snnc.graph.types import Graph, Node, Ref


def moved(graph: Graph) -> tuple[Graph, dict[str, str]]:
    """The graph with poolings first; for activations, the pooling of the ANN that has their value.

    Several poolings in a row all go before the activation.
    """
    values: dict[str, str] = {}
    for node in graph.nodes:
        if after_activation(graph, graph[node.path]):
            activation = source(graph, graph[node.path]).path
            graph = swapped(graph, activation, node.path)
            values[activation] = node.path
    return graph, values


def after_activation(graph: Graph, node: Node) -> bool:
    """Whether a node is a max-pooling of an activation."""
    if node.operator.role != "largest":
        return False
    return source(graph, node).operator.role == "activation"


def of_spikes(graph: Graph, node: Node) -> bool:
    """Whether spikes reach it through nothing that multiplies: sums of many are currents."""
    for before in (graph[ref.node] for ref in node.inputs):
        if before.operator.role == "activation":
            return True
        if not before.operator.macs(*before.shapes) and of_spikes(graph, before):
            return True
    return False


def summed(graph: Graph) -> Graph:
    """The graph in which poolings of what changes take the largest of sums so far.

    Over T steps such a pooling gives T times the largest mean, exactly.
    """
    nodes: list[Node] = []
    gone: dict[str, str] = {}
    for node in (reading(node, gone) for node in graph.nodes):
        if node.operator.role != "largest" or not _timed(graph, node.path):
            nodes.append(node)
            continue
        total, change = (_free(graph, f"{node.path}_{what}") for what in ("sum", "change"))
        inside, outside = node.shapes, (node.shape,)
        nodes += [
            replace(node, path=total, operator=RunningSum(), shape=inside[0]),
            replace(node, inputs=(Ref(total),)),
            Node(change, Change(), (Ref(node.path),), outside, node.shape, node.at),
        ]
        gone[node.path] = change
    return replace(graph, nodes=tuple(nodes))


def _free(graph: Graph, path: str) -> str:
    """A name that no layer has."""
    return _free(graph, f"{path}_") if any(n.path == path for n in graph.nodes) else path


def _timed(graph: Graph, path: str) -> bool:
    """Whether a neuron comes before."""
    before = [graph[ref.node] for ref in graph[path].inputs]
    return any(n.operator.role == "activation" or _timed(graph, n.path) for n in before)
