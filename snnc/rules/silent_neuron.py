"""silent-neuron."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.silence import silent
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class SilentNeuron(LintRule):
    """A spiking neuron that cannot reach its threshold, whatever the data and the weights are.

    ## Why is this bad?

    All that follows reads zeros. Spikes are at most 1, so the potential of a LIF that reads spikes
    without weights between stays below 1 - (1 - 1/tau)^T times its threshold of 1. Measured with
    ``tau = 2.0``: silent for 24 time steps, until float32 rounds its potential up to 1. The rule
    follows the linear equations of a neuron over all time steps, so it is certain.

    ## Example

    ```toml
    time_steps = 8

    [input]
    shape = [4]
    encoder = "poisson"

    [network]
    layers = ["LIF"]
    ```

    ## Use instead

    ```toml
    time_steps = 8

    [input]
    shape = [4]
    encoder = "poisson"

    [network]
    layers = [{ kind = "LIF", v_threshold = 0.5 }]
    ```

    ## Fix

    None: put weights between the neurons, or lower ``v_threshold``.
    """

    code: ClassVar[str] = "SNN410"
    name: ClassVar[str] = "silent-neuron"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each neuron that analysis finds silent."""
        for name, found in silent(document, graph).items():
            stays = f"its potential stays {found.short:.2g} below its threshold"
            what = f"its input is at most {found.most:g}, so in {graph.time_steps} steps {stays}"
            help = "put weights between, or lower `v_threshold`"
            tree = at(document, graph[name])
            yield finding(self, tree, f"`{name}` can never spike: {what}", help)


RULE = SilentNeuron()
