"""tdbn-threshold."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.fixes import statement
from snnc.graph.types import Graph
from snnc.layers._td_batch_norm import TDBatchNorm
from snnc.neuron import SpikingNeuron
from snnc.number import numbers
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class TdbnThreshold(LintRule):
    """A threshold-dependent batch norm for another threshold than that of the neuron behind it.

    ## Why is this bad?

    The norm starts with the deviation ``alpha * v_threshold``, so that potentials reach the
    threshold as often as they should. Measured for a LIF at 8 time steps: with 1.0 before a
    threshold of 0.5, the rate starts at 0.14 where 0.03 is meant.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4, bias = false },
      "TDBatchNorm1d",
      { kind = "LIF", v_threshold = 0.5 },
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4, bias = false },
      { kind = "TDBatchNorm1d", v_threshold = 0.5 },
      { kind = "LIF", v_threshold = 0.5 },
    ]
    ```

    ## Fix

    Unsafe: the same number in both. The weights of the norm start elsewhere.

    ## References

    - Zheng et al., Going deeper with directly-trained larger spiking neural networks, AAAI 2021.
    """

    code: ClassVar[str] = "SNN436"
    name: ClassVar[str] = "tdbn-threshold"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each such norm, and the neurons that read it."""
        for node in graph.nodes:
            if not isinstance(node.operator, TDBatchNorm):
                continue
            meant = node.operator.v_threshold
            for reader in graph.readers[node.path]:
                neuron = reader.operator
                if isinstance(neuron, SpikingNeuron) and meant not in numbers(neuron.v_threshold):
                    have = numbers(neuron.v_threshold)[0]
                    has = f"`{reader.path}` has {have:g}"
                    message = f"`{node.path}` normalises to a threshold of {meant:g}, and {has}"
                    tree = at(document, node, "v_threshold")
                    help = "write the same `v_threshold` in both"
                    fixes = statement(tree.key, "v_threshold", repr(float(have)))
                    yield finding(self, tree, message, help, fixes)


RULE = TdbnThreshold()
