"""Ranges: between which numbers every value lies, for all weights and time steps."""

from collections.abc import Mapping, Sequence

from snnc.analysis.alike import Alike, alike
from snnc.document import Document
from snnc.graph.types import Graph, Ref
from snnc.neuron import Neuron
from snnc.step.bounds import ANYTHING, Bounds, hull
from snnc.step.parse import StepError


def ranges(document: Document, graph: Graph) -> Mapping[str, Bounds]:
    """The bounds of the value of every node, for the data of [train] or [data], or for any."""
    dataset, found = document.spec.dataset, dict[str, Bounds]()
    data = dataset.bounds if dataset else ANYTHING
    known: dict[tuple[Alike, Sequence[Bounds]], Bounds] = {}
    for node in graph.nodes:
        read = tuple(of_edge(ref, found) for ref in node.inputs) or (data,)
        if not isinstance(node.operator, Neuron):
            found[node.path] = node.operator.bounds(*read)
            continue
        key = alike(node.operator), read
        if key not in known:
            known[key] = _of_neuron(node.operator, read)
        found[node.path] = known[key]
    return found


def _of_neuron(neuron: Neuron, read: Sequence[Bounds]) -> Bounds:
    try:
        return neuron.bounds(*read)
    except StepError:  # the equations are wrong, which somebody else tells
        return ANYTHING


def of_edge(ref: Ref, found: Mapping[str, Bounds]) -> Bounds:
    """The bounds of what an edge reads; a delayed edge reads 0 at first."""
    now = found.get(ref.node, ANYTHING)
    return hull(now, (0.0, 0.0)) if ref.delay else now
