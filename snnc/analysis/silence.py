"""Silence: spiking neurons that cannot reach their threshold, whatever data and weights are."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from snnc.analysis.charging import charging
from snnc.analysis.potentials import highest
from snnc.analysis.ranges import of_edge, ranges
from snnc.analysis.structure import spiking
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.neuron import Neuron
from snnc.step.bounds import Bounds


@dataclass(frozen=True)
class Silence:
    """The largest input of a neuron, and the distance that it always keeps from its threshold."""

    most: float
    short: float


def silent(document: Document, graph: Graph) -> Mapping[str, Silence]:
    """Each neuron of bounded input whose highest potential is too low."""
    bounds, found = ranges(document, graph), dict[str, Silence]()
    for node in graph.nodes:
        operator, read = node.operator, [of_edge(ref, bounds) for ref in node.inputs]
        if not spiking(operator) or not all(isfinite(high) for _, high in read):
            continue
        inputs = dict(zip(operator.inputs, read, strict=True))
        if (short := _short(operator, inputs, graph.time_steps)) > 0:
            found[node.path] = Silence(max(high for _, high in read), short)
    return found


def _short(neuron: Neuron, inputs: Mapping[str, Bounds], steps: int) -> float:
    step = charging(neuron)
    return max(0.0, -highest(step, inputs, steps)) if step and not step.varies else 0.0
