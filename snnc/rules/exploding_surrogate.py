"""exploding-surrogate."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.slopes import slope
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.neuron import ResettingNeuron, SpikingNeuron
from snnc.number import numbers
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class ExplodingSurrogate(LintRule):
    """A surrogate gradient so steep that gradients explode through the reset.

    ## Why is this bad?

    A reset reads the spike, so the surrogate's slope is in the derivative of one potential by the
    one before: 1 - slope * threshold at the threshold. Backpropagation through time multiplies by
    it at each step. Measured with ``FastSigmoid`` and ``alpha = 25.0`` over five layers and 8 time
    steps: the gradient of the first layer is 1.3e10, and each layer multiplies it by 113 (by 6 with
    ``detach_reset``). ``fast_sigmoid(slope=25)`` of snnTorch is ``SuperSpike`` with ``alpha =
    25.0``, whose slope is at most 1.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      { kind = "LIF", surrogate = { kind = "FastSigmoid", alpha = 25.0 } },
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      { kind = "LIF", detach_reset = true, surrogate = { kind = "FastSigmoid", alpha = 25.0 } },
    ]
    ```

    ## Fix

    Unsafe: ``detach_reset = true``. Values stay as they are, gradients change. Or choose a flatter
    surrogate.

    ## References

    - Zenke and Vogels, The remarkable robustness of surrogate gradient learning, Neural Computation
      2021.
    """

    code: ClassVar[str] = "SNN422"
    name: ClassVar[str] = "exploding-surrogate"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each neuron whose reset passes gradients."""
        for node in graph.nodes:
            neuron = node.operator
            if not isinstance(neuron, SpikingNeuron) or neuron.detach_reset or not neuron.states:
                continue
            factor = slope(neuron.surrogate, 0.0) * _height(neuron)
            if factor > _STEEP:
                steps = f"by up to {factor - 1:.3g} at every time step"
                message = f"`{node.path}` multiplies gradients through its reset {steps}"
                help = "write `detach_reset = true`, or choose a flatter surrogate"
                yield finding(self, at(document, node, "surrogate"), message, help)


_STEEP = 3.0


def _height(neuron: SpikingNeuron) -> float:
    """The height by which a spike lowers the potential."""
    threshold = max(numbers(neuron.v_threshold))
    if isinstance(neuron, ResettingNeuron) and neuron.reset == "hard":
        return threshold - min(numbers(neuron.v_reset))
    return threshold


RULE = ExplodingSurrogate()
