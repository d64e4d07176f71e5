"""fading-activity."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.rates import rates
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class FadingActivity(LintRule):
    """Neurons in a row, without a normalisation, that hardly spike before they have learned.

    ## Why is this bad?

    PyTorch starts weights so small that a layer behind another sees less and less. Measured with
    five layers of 256 neurons at a threshold of 1 and 8 time steps: LIF spike at rates of 0.01, 0,
    0, 0, 0, and IF at 0.16, 0.04, 0.003, 0, 0. A layer without spikes learns from its bias alone.
    The rule estimates rates for data of variance 1; measured ones are within a factor of about two.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 64 },
      { kind = "LIF" },
      { kind = "Linear", out_features = 64 },
      { kind = "LIF" },
      { kind = "Linear", out_features = 64 },
      { kind = "LIF" },
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 64, bias = false },
      { kind = "BatchNorm1d" },
      { kind = "LIF" },
      { kind = "Linear", out_features = 64, bias = false },
      { kind = "BatchNorm1d" },
      { kind = "LIF" },
      { kind = "Linear", out_features = 64, bias = false },
      { kind = "BatchNorm1d" },
      { kind = "LIF" },
    ]
    ```

    ## Fix

    None: a normalisation, another ``weight_init`` and lower thresholds all change what is learned.

    ## References

    - Wu et al., Direct training for spiking neural networks: faster, larger, better, AAAI 2019.
    - snntorch issues 33 and 219, spikingjelly issue 285.
    """

    code: ClassVar[str] = "SNN411"
    name: ClassVar[str] = "fading-activity"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """The first silent neuron of a row of at least three; a converted ANN has no start."""
        found = {} if document.spec.convert else rates(graph)
        if max((stages for _, stages in found.values()), default=0) < _STAGES:
            return
        for name, (rate, _) in found.items():
            if (count := rate * graph.time_steps) < _FEW:
                steps = f"{graph.time_steps} steps"
                often = f"about {count:.1g} times" if count > _NEVER else "practically never"
                message = f"estimate: `{name}` spikes {often} in {steps} before it has learned"
                help = "normalise what neurons read, start weights higher, or lower thresholds"
                yield finding(self, at(document, graph[name]), message, help)
                return


_STAGES = 3
"""Of weights and neurons: as many let a rate fall to nothing."""
_FEW, _NEVER = 0.02, 1e-6
"""Spikes of a neuron in a sample."""


RULE = FadingActivity()
