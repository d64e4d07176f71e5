"""activation-beside-neuron."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.ranges import of_edge, ranges
from snnc.analysis.structure import spiking
from snnc.document import Document
from snnc.graph.types import Graph, Node
from snnc.layers._activation import ElementwiseActivation
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic
from snnc.step.bounds import ANYTHING


class ActivationBesideNeuron(LintRule):
    """An activation that only passes what is not negative to a neuron, or that changes no spike.

    ## Why is this bad?

    A spiking neuron is the activation. Behind a ReLU its input is never negative, so nothing pulls
    its potential down: measured for an IF at 8 time steps, normally distributed currents give a
    rate of 0.23 with the ReLU and 0.12 without it, and half of the gradients become 0. A ReLU of
    spikes costs time and changes nothing. The usual cause is a network of PyTorch to which neurons
    were added.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      "ReLU",
      "LIF",
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      "LIF",
    ]
    ```

    ## Fix

    Unsafe: delete the activation. Before a neuron this changes values; unnamed activations behind
    it are renumbered.
    """

    code: ClassVar[str] = "SNN431"
    name: ClassVar[str] = "activation-beside-neuron"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each activation, but those that [convert] turns into neurons."""
        found = [node for node in graph.nodes if isinstance(node.operator, ElementwiseActivation)]
        bounds = ranges(document, graph) if found and not document.spec.convert else {}
        for node in found if bounds else ():
            before, after = of_edge(node.inputs[0], bounds), graph.readers[node.path]
            if before != ANYTHING and node.operator.bounds(before) == before and _keeps(node):
                message = f"`{node.path}` does nothing: its input is already in its range"
                yield finding(self, at(document, node), message, "delete it")
            elif any(spiking(n.operator) for n in after) and node.operator.bounds(ANYTHING)[0] >= 0:
                neuron = next(n.path for n in after if spiking(n.operator))
                message = f"`{node.path}` cuts off the negative input of the neuron `{neuron}`"
                yield finding(self, at(document, node), message, "delete it: the neuron is one")


def _keeps(node: Node) -> bool:
    """Whether the activation returns what is in its range, as a ReLU does."""
    return node.operator.role == "activation"


RULE = ActivationBesideNeuron()
