"""static-output."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.static import static
from snnc.analysis.structure import answers
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.neuron import Neuron
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class StaticOutput(LintRule):
    """An output that no neuron has a part in, in a network that has neurons.

    ## Why is this bad?

    Its value is the same at every time step, so the readout over time changes nothing, and the
    neurons do nothing for it. The usual cause is a ``from`` in [output] that names a layer before
    the neuron.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", name = "a", out_features = 4 },
      { kind = "LIF", name = "s" },
      { kind = "Linear", name = "b", out_features = 4, from = "a" },
    ]

    [outputs]
    spikes = { from = "s" }
    answer = { from = "b" }
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", name = "a", out_features = 4 },
      { kind = "LIF", name = "s" },
      { kind = "Linear", name = "b", out_features = 4, from = "s" },
    ]

    [outputs]
    spikes = { from = "s" }
    answer = { from = "b" }
    ```

    ## Fix

    None: read a layer behind the neurons.
    """

    code: ClassVar[str] = "SNN443"
    name: ClassVar[str] = "static-output"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each output of a network that has neurons; no-neuron tells of others."""
        timed = any(isinstance(n.operator, Neuron) and n.operator.states for n in graph.nodes)
        still = static(graph) if timed else frozenset[str]()
        for output, last, _ in answers(document, graph):
            if last.path in still:
                message = f"`{output.path}` is the same at every time step: no neuron is on its way"
                help = "read a layer behind a neuron"
                yield finding(self, at(document, output, "from"), message, help)


RULE = StaticOutput()
