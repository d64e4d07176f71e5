"""silent-neuron."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import ClassVar

from snnc.analysis.charging import charging
from snnc.analysis.potentials import highest
from snnc.analysis.ranges import of_edge, ranges
from snnc.analysis.structure import spiking
from snnc.document import Document
from snnc.graph.types import Graph, Node
from snnc.neuron import Neuron
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic
from snnc.step.bounds import Bounds


class SilentNeuron(LintRule):
    """A spiking neuron that cannot reach its threshold, whatever the data and the weights are.

    ## Why is this bad?

    All that follows reads zeros. Spikes are at most 1, so the potential of a LIF that reads spikes
    without weights between stays below 1 - (1 - 1/tau)^T times its threshold of 1. Measured with
    ``tau = 2.0``: silent for 24 time steps, until float32 rounds its potential up to 1. The rule
    follows the linear equations of a neuron over all time steps, so it is certain.

    ## Example

    ```toml
    time_steps = 8

    [input]
    shape = [4]
    encoder = "poisson"

    [network]
    layers = ["LIF"]
    ```

    ## Use instead

    ```toml
    time_steps = 8

    [input]
    shape = [4]
    encoder = "poisson"

    [network]
    layers = [{ kind = "LIF", v_threshold = 0.5 }]
    ```

    ## Fix

    None: put weights between the neurons, or lower ``v_threshold``.
    """

    code: ClassVar[str] = "SNN410"
    name: ClassVar[str] = "silent-neuron"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each neuron of bounded input whose highest potential is too low."""
        bounds = ranges(document, graph)
        for node in graph.nodes:
            operator, read = node.operator, [of_edge(ref, bounds) for ref in node.inputs]
            if not spiking(operator) or not all(isfinite(high) for _, high in read):
                continue
            inputs = dict(zip(operator.inputs, read, strict=True))
            if (short := _short(operator, inputs, graph.time_steps)) > 0:
                yield finding(self, at(document, node), _message(node, inputs, short, graph))


def _short(neuron: Neuron, inputs: Mapping[str, Bounds], steps: int) -> float:
    """The distance that its potential always keeps from its threshold; 0 if it can reach it."""
    step = charging(neuron)
    return max(0.0, -highest(step, inputs, steps)) if step and not step.varies else 0.0


def _message(node: Node, inputs: Mapping[str, Bounds], short: float, graph: Graph) -> str:
    most = max(high for _, high in inputs.values())
    stays = f"in {graph.time_steps} steps its potential stays {short:.2g} below its threshold"
    return f"`{node.path}` can never spike: its input is at most {most:g}, so {stays}"


RULE = SilentNeuron()
