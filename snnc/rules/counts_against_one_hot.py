"""counts-against-one-hot."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.structure import answers, spiking
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.losses.mse import MSE
from snnc.readouts.sum import Sum
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class CountsAgainstOneHot(LintRule):
    """Numbers of spikes that a squared error compares with 0 and 1.

    ## Why is this bad?

    ``readout = "sum"`` counts 0 to T spikes, and the target of the right class is 1: the loss asks
    for a single spike, and each further one costs. With 8 time steps, a neuron that always fires
    for its class has an error of 49. With ``readout = "mean"`` it has 0.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 10 },
      "LIF",
    ]

    [output]
    readout = "sum"

    [train]
    dataset = { kind = "module", loader = "mine:load" }
    loss = "mse"
    epochs = 10
    batch_size = 8
    optimizer = "Adam"
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 10 },
      "LIF",
    ]

    [output]
    readout = "mean"

    [train]
    dataset = { kind = "module", loader = "mine:load" }
    loss = "mse"
    epochs = 10
    batch_size = 8
    optimizer = "Adam"
    ```

    ## Fix

    Unsafe: ``readout = "mean"``. Outputs are divided by the number of time steps.

    ## References

    - slayerPytorch issue 60.
    """

    code: ClassVar[str] = "SNN452"
    name: ClassVar[str] = "counts-against-one-hot"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each output that sums spikes, and is compared with labels."""
        for output, last, loss in answers(document, graph):
            one_hot = isinstance(loss, MSE) and loss.wants == "labels"
            if one_hot and isinstance(output.operator, Sum) and spiking(last.operator):
                counts = f"counts up to {graph.time_steps} spikes"
                message = f"`{output.path}` {counts}, and the loss compares with 0 and 1"
                help = 'write `readout = "mean"`'
                yield finding(self, at(document, output, "readout"), message, help)


RULE = CountsAgainstOneHot()
