"""Silence: spiking neurons that cannot reach their threshold, whatever data and weights are."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite

from snnc.analysis.alike import Alike, alike
from snnc.analysis.charging import charging
from snnc.analysis.potentials import highest
from snnc.analysis.ranges import of_edge, ranges
from snnc.analysis.structure import spiking
from snnc.document import Document
from snnc.graph.types import Graph
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
        if (short := _short(alike(operator), tuple(read), graph.time_steps)) > 0:
            found[node.path] = Silence(max(high for _, high in read), short)
    return found


@lru_cache(maxsize=4096)
def _short(layer: Alike, read: tuple[Bounds, ...], steps: int) -> float:
    step, inputs = charging(layer.neuron), dict(zip(layer.neuron.inputs, read, strict=True))
    return max(0.0, -highest(step, inputs, steps)) if step and not step.varies else 0.0
