"""The removal of layers without use in an SNN: noise, other names, a softmax, a last activation.

A softmax at the end changes no decision, since the largest output stays the largest.
"""

from snnc.ann2snn.graph_edits import readers, without
from snnc.graph.types import Graph, Node
from snnc.readout import Readout
from snnc.sections.convert import Convert

GONE = ("noise", "same", "softmax")


def quiet(graph: Graph, section: Convert) -> Graph:
    """The graph without them."""
    for node in graph.nodes:
        last = section.final == "logits" and final(graph, node)
        if node.operator.role in GONE or (node.operator.role == "activation" and last):
            graph = without(graph, node.path)
    return graph


def final(graph: Graph, node: Node) -> bool:
    """Whether a node's value is the answer, but for what goes, and nothing more."""
    found = readers(graph, node.path)
    return bool(found) and all(
        isinstance(reader.operator, Readout)
        or (reader.operator.role in GONE and final(graph, reader))
        for reader in found
    )
