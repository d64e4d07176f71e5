"""Rates: an estimate of how often neurons spike before the network has learned anything.

Weights have PyTorch's start, so a layer of fan-in n has weights of the variance 1/(3n) whatever
n is. Potentials are taken for normally distributed: the part of an input that stays the same adds
up over time, the part that changes from step to step adds up in its square. Data have a mean
square of 1. Measured rates are within a factor of about two, unless they are nearly 0.
"""

from dataclasses import dataclass
from math import erfc, prod, sqrt

from snnc.analysis.charging import charging, response
from snnc.analysis.structure import carries, spiking, weights
from snnc.encoder import Encoder
from snnc.graph.types import Graph, Node
from snnc.neuron import Neuron


@dataclass(frozen=True)
class Activity:
    """The mean square of what is the same at every step, and of what changes.

    ``stages``: so many weights and neurons lie between the data and here.
    """

    steady: float
    changing: float
    stages: int = 0


_DATA = Activity(1.0, 0.0)


def rates(graph: Graph) -> dict[str, tuple[float, int]]:
    """The rate of each neuron that only weights and neurons part from the data, and how many."""
    found: dict[str, Activity] = {}
    told: dict[str, tuple[float, int]] = {}
    for node in graph.nodes:
        known = [found.get(ref.node) for ref in node.inputs if not ref.delay]
        before = known[0] if len(known) == len(node.inputs) == 1 else None
        activity = _DATA if isinstance(node.operator, Encoder) else None
        if before and (carries(node.operator) or node.operator.role == "largest"):
            activity = before
        elif before and weights(node.operator):
            activity = _weighted(node, before)
        elif before and spiking(node.operator) and weights(graph[node.inputs[0].node].operator):
            activity = _spikes(node.operator, before, graph.time_steps)
            if activity:
                told[node.path] = activity.changing, before.stages
        if activity:
            found[node.path] = activity
    return told


def _weighted(node: Node, before: Activity) -> Activity | None:
    """The products with weights of PyTorch's start; None if the spec has another."""
    if not weights(node.operator) or node.operator.weight_init:
        return None
    fan_in = node.operator.macs(*node.shapes) / prod(node.shape)
    bias = 1 / fan_in if node.operator.biased else 0.0
    return Activity((before.steady + bias) / 3, before.changing / 3, before.stages + 1)


def _spikes(neuron: Neuron, before: Activity, steps: int) -> Activity | None:
    """Spikes, whose mean square is their rate; None for equations that are not linear.

    As many neurons fire as have a potential above the threshold, each as often as it gets there.
    """
    step = charging(neuron)
    if step is None or not step.linear or len(step.spikes) != 1 or len(neuron.inputs) != 1:
        return None
    kernel = response(step, 0, neuron.inputs[0], steps)
    whole, squares = sum(kernel) ** 2, sum(k * k for k in kernel)
    distance, deviation = -step.spikes[0].value, _deviation(before, whole, squares)
    if distance <= 0 or not deviation:
        return None
    firing = 0.5 * erfc(distance / deviation / sqrt(2))
    often = min(1.0, max(1 / steps, deviation / distance * squares / whole))
    return Activity(firing * often**2, firing * often, before.stages)


def _deviation(before: Activity, whole: float, squares: float) -> float:
    """The standard deviation of the potential."""
    return sqrt(before.steady * whole + before.changing * squares)
