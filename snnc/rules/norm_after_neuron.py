"""norm-after-neuron."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.structure import before, norm, origins, spiking
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class NormAfterNeuron(LintRule):
    """A batch norm of spikes.

    ## Why is this bad?

    It makes numbers of any size of spikes, so the next weights multiply where they would only add.
    The potentials before the neuron stay unnormalised, and so do its rates: measured with five
    layers of LIF at 8 time steps, the rates are 0.0 in all of them; with the norm before the neuron
    they are 0.07, 0.05 and three times 0.04.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      "LIF",
      "BatchNorm1d",
      { kind = "Linear", out_features = 4 },
      "LIF",
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4, bias = false },
      "BatchNorm1d",
      "LIF",
      { kind = "Linear", out_features = 4 },
      "LIF",
    ]
    ```

    ## Fix

    None: put the norm between weights and neuron.

    ## References

    - Zheng et al., Going deeper with directly-trained larger spiking neural networks, AAAI 2021.
    - spikingjelly issue 635.
    """

    code: ClassVar[str] = "SNN432"
    name: ClassVar[str] = "norm-after-neuron"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each norm whose input is spikes."""
        found = origins(graph)
        for node in graph.nodes:
            first = before(node, found) if norm(node.operator) else None
            if first and spiking(first.operator):
                message = f"`{node.path}` normalises the spikes of `{first.path}`"
                help = "put it before the neuron: weights, norm, neuron"
                yield finding(self, at(document, node), message, help)


RULE = NormAfterNeuron()
