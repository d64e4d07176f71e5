"""graded-spikes."""

from collections.abc import Iterator
from math import isfinite
from typing import ClassVar

from snnc.analysis.ranges import ranges
from snnc.analysis.structure import weights
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.layers.add import Add
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class GradedSpikes(LintRule):
    """Weights that read sums of spikes.

    ## Why is this bad?

    A sum of two spikes can be 2. Weights that read it multiply, where those behind single spikes
    only add, and neuromorphic chips with binary spikes cannot send it. In PyTorch it costs nothing,
    so the rule runs only if it is selected. Residual networks that add spikes (SEW) do it by
    design: 21 times in the zoo.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", name = "a", out_features = 4 },
      { kind = "LIF", name = "s" },
      { kind = "Linear", out_features = 4 },
      { kind = "LIF", name = "u" },
      { kind = "Add", from = ["s", "u"] },
      { kind = "Linear", out_features = 4 },
      { kind = "LIF" },
    ]
    ```

    ## Use instead

    ```toml
    [neurons.IAND]
    inputs = ["a", "b"]
    step = "y = (1 - a) * b"
    output = "y"

    [network]
    layers = [
      { kind = "Linear", name = "a", out_features = 4 },
      { kind = "LIF", name = "s" },
      { kind = "Linear", out_features = 4 },
      { kind = "LIF", name = "u" },
      { kind = "IAND", from = ["s", "u"] },
      { kind = "Linear", out_features = 4 },
      { kind = "LIF" },
    ]
    ```

    ## Fix

    None: join spikes by ``Mul``, by IAND, or before the neuron.

    ## References

    - Fang et al., Deep residual learning in spiking neural networks, NeurIPS 2021.
    """

    code: ClassVar[str] = "SNN480"
    name: ClassVar[str] = "graded-spikes"
    opt_in: ClassVar[bool] = True

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each sum of values of a known range that weights read."""
        bounds = ranges(document, graph)
        for node in graph.nodes:
            readers = graph.readers[node.path]
            read = any(weights(reader.operator) for reader in readers)
            low, high = bounds[node.path]
            if isinstance(node.operator, Add) and read and isfinite(high - low) and high > 1:
                message = f"`{node.path}` adds spikes: weights read values up to {high:g}"
                help = "join spikes by Mul, or join the inputs of one neuron"
                yield finding(self, at(document, node), message, help)


RULE = GradedSpikes()
