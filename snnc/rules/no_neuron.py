"""no-neuron."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.neuron import Neuron
from snnc.opaque import Opaque
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic


class NoNeuron(LintRule):
    """A network without any state.

    ## Why is this bad?

    It never spikes, and its time steps are independent: it is an ordinary network that runs
    ``time_steps`` times.

    ## Example

    ```toml
    [network]
    layers = [{ kind = "Linear", out_features = 4 }, "ReLU"]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [{ kind = "Linear", out_features = 4 }, "LIF"]
    ```

    ## Fix

    None: add a neuron after the layers that should drive it.
    """

    code: ClassVar[str] = "SNN402"
    name: ClassVar[str] = "no-neuron"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """The network as a whole."""
        if any(isinstance(node.operator, Neuron | Opaque) for node in graph.nodes):
            return
        tree = document.tree.find(("network", "layers"))[0]
        message = "no layer is a neuron: the network never spikes"
        help = 'add a neuron behind weights, such as "LIF"'
        yield finding(self, tree, message, help)


RULE = NoNeuron()
