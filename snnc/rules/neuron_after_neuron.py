"""neuron-after-neuron."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.silence import silent
from snnc.analysis.structure import before, origins, spiking
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class NeuronAfterNeuron(LintRule):
    """A spiking neuron that reads the spikes of another without weights between.

    ## Why is this bad?

    An IF behind an IF repeats its spikes; a LIF behind a LIF never spikes (silent-neuron). Nothing
    is learned between them, and each costs its time and memory. The usual cause is a layer of
    weights that was forgotten, or a line that was copied once too often.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      "IF",
      "IF",
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      "IF",
      { kind = "Linear", out_features = 4 },
      "IF",
    ]
    ```

    ## Fix

    None: put weights between them, or delete one.
    """

    code: ClassVar[str] = "SNN430"
    name: ClassVar[str] = "neuron-after-neuron"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each neuron whose input is spikes as they are; silent-neuron tells of silent ones."""
        found = origins(graph)
        pairs = [(n, before(n, found)) for n in graph.nodes if spiking(n.operator)]
        read = {n.path: first.path for n, first in pairs if first and spiking(first.operator)}
        known = silent(document, graph) if read else {}
        for name, first in read.items():
            if name not in known:
                message = f"`{name}` reads the spikes of `{first}`: no weights between"
                help = "put weights between them, or delete one"
                yield finding(self, at(document, graph[name]), message, help)


RULE = NeuronAfterNeuron()
