"""constant-spiking."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.neuron import ResettingNeuron
from snnc.number import numbers
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class ConstantSpiking(LintRule):
    """A neuron that resets to its threshold or above it.

    ## Why is this bad?

    After its first spike it spikes at every time step until its input pulls it down. A potential
    starts at ``v_reset`` too, so the rate is 1.0 from the first step on wherever the input is not
    negative. Such spikes tell nothing about the input.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      { kind = "LIF", v_threshold = 0.5, v_reset = 0.5 },
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      { kind = "LIF", v_threshold = 0.5 },
    ]
    ```

    ## Fix

    None: lower ``v_reset``, or raise ``v_threshold``.
    """

    code: ClassVar[str] = "SNN412"
    name: ClassVar[str] = "constant-spiking"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each neuron with a hard reset."""
        for node in graph.nodes:
            operator = node.operator
            if not isinstance(operator, ResettingNeuron) or operator.reset != "hard":
                continue
            to, threshold = min(numbers(operator.v_reset)), max(numbers(operator.v_threshold))
            if to >= threshold:
                above = f"it resets to {to:g}, and its threshold is {threshold:g}"
                message = f"`{node.path}` spikes without end: {above}"
                help = "lower `v_reset`, or raise `v_threshold`"
                yield finding(self, at(document, node, "v_reset"), message, help)


RULE = ConstantSpiking()
