"""no-neuron."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.neuron import Neuron
from snnc.opaque import Opaque
from snnc.rules import warning
from snnc.source.diagnostic import Diagnostic


class NoNeuron:
    """A network without any state.

    It never spikes, and its time steps are independent: it is an ordinary network that runs
    ``time_steps`` times. Add a neuron after the layers that should drive it.
    """

    code: ClassVar[str] = "SNN402"
    name: ClassVar[str] = "no-neuron"
    example: ClassVar[str] = """
[network]
layers = [{ kind = "Linear", out_features = 4 }, "ReLU"]
"""
    instead: ClassVar[str] = """
[network]
layers = [{ kind = "Linear", out_features = 4 }, "LIF"]
"""

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """The network as a whole."""
        if any(isinstance(node.operator, Neuron | Opaque) for node in graph.nodes):
            return
        tree = document.tree.find(("network", "layers"))[0]
        yield warning(RULE, tree, "no layer is a neuron: the network never spikes")


RULE = NoNeuron()
