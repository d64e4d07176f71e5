"""Max-pooling before the activation that it reads.

The largest of several ReLUs is the ReLU of the largest, so in the ANN the two may change places. In
the SNN they had better: the largest of several spikes says little about the largest of several
rates, while the largest of several currents is right where they are constant, and else too high.
"""

from snnc.converting.rewrite import source, swapped
from snnc.graph import Graph, Node


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
    """Whether it is a max-pooling of an activation."""
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
