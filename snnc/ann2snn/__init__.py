"""ANN into SNN: the graph of a network with [convert], rewritten step by step, and what it took.

Thresholds are the scales. A ReLU becomes an integrate-and-fire neuron whose spikes have the value
of its threshold, so that every value between layers keeps the unit that it has in the ANN: no
weight is scaled, and additions, concatenations and several readers need no attention.
"""

from snnc.ann2snn.check import check
from snnc.ann2snn.neurons import fired
from snnc.ann2snn.norms import folded
from snnc.ann2snn.pools import moved, summed
from snnc.ann2snn.strip import quiet
from snnc.ann2snn.types import Conversion
from snnc.document import Document
from snnc.graph.types import Graph

__all__ = ["Conversion", "convert"]


def convert(document: Document, ann: Graph) -> Conversion:
    """The conversion of the ANN ``ann`` of a document with [convert].

    Raises:
        Findings: a layer cannot be converted; one finding per cause.
    """
    section = document.spec.convert
    assert section is not None
    check(document, ann, section)
    plain, folds = folded(quiet(ann, section))
    graph, values = moved(plain) if section.pool != "keep" else (plain, {})
    snn, activations = fired(document, graph, values, section)
    snn = summed(snn) if section.pool == "sum" else snn
    return Conversion(ann, snn, folds, activations)
