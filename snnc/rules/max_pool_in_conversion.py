"""max-pool-in-conversion."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.static import static
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class MaxPoolInConversion(LintRule):
    """A max-pooling of spikes in a converted network.

    ## Why is this bad?

    The maximum of spikes is 1 as soon as any neuron of the window spikes, so a rate comes out that
    is higher than each of those that go in: windows of 2 x 2 with rates of 0.5 give 0.94 if they
    spike independently, and the ANN gives 0.5. The error does not fall with more time steps.

    ## Example

    ```toml
    [input]
    shape = [1, 28, 28]

    [network]
    layers = [
      { kind = "Conv2d", out_channels = 8, kernel_size = 3 },
      { kind = "ReLU" },
      { kind = "MaxPool2d", kernel_size = 2 },
      { kind = "Flatten" },
      { kind = "Linear", out_features = 10 },
    ]

    [train]
    dataset = "MNIST"
    loss = "cross_entropy"
    epochs = 10
    batch_size = 64
    optimizer = "Adam"

    [convert]
    pool = "keep"
    ```

    ## Use instead

    ```toml
    [input]
    shape = [1, 28, 28]

    [network]
    layers = [
      { kind = "Conv2d", out_channels = 8, kernel_size = 3 },
      { kind = "ReLU" },
      { kind = "MaxPool2d", kernel_size = 2 },
      { kind = "Flatten" },
      { kind = "Linear", out_features = 10 },
    ]

    [train]
    dataset = "MNIST"
    loss = "cross_entropy"
    epochs = 10
    batch_size = 64
    optimizer = "Adam"

    [convert]
    pool = "move"
    ```

    ## Fix

    Unsafe: ``pool = "move"``, or an AvgPool. Accuracies change.

    ## References

    - Rueckauer et al., Conversion of continuous-valued deep networks to efficient event-driven
      networks, Frontiers in Neuroscience 2017.
    - spikingjelly issues 145 and 432.
    """

    code: ClassVar[str] = "SNN471"
    name: ClassVar[str] = "max-pool-in-conversion"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each max-pooling of what changes over time, where poolings are kept."""
        convert = document.spec.convert
        still = static(graph) if convert and convert.pool == "keep" else None
        for node in graph.nodes if still is not None else ():
            if node.operator.role == "largest" and still is not None and node.path not in still:
                message = f"`{node.path}`: the maximum of spikes is not the maximum of rates"
                help = 'write `pool = "move"` in [convert], or pool by AvgPool'
                yield finding(self, at(document, node), message, help)


RULE = MaxPoolInConversion()
