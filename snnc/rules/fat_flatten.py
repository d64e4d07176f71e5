"""fat-flatten."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.structure import weights
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class FatFlatten(LintRule):
    """A layer behind a Flatten that has most of the network's parameters, and very many.

    ## Why is this bad?

    It learns the data by heart, and fills checkpoints, optimizer and memory: behind 64 channels of
    32 x 32, a Linear to 1,000 features has 65,537,000 parameters, 0.24 GiB, and Adam keeps three
    times that. A pooling before the Flatten divides the number by the area of its window.

    ## Example

    ```toml
    [input]
    shape = [3, 32, 32]

    [network]
    layers = [
      { kind = "Conv2d", out_channels = 64, kernel_size = 3, padding = 1, bias = false },
      "BatchNorm2d",
      "IF",
      "Flatten",
      { kind = "Linear", out_features = 1000 },
      "IF",
      { kind = "Linear", out_features = 10 },
    ]
    ```

    ## Use instead

    ```toml
    [input]
    shape = [3, 32, 32]

    [network]
    layers = [
      { kind = "Conv2d", out_channels = 64, kernel_size = 3, padding = 1, bias = false },
      "BatchNorm2d",
      "IF",
      { kind = "MaxPool2d", kernel_size = 4 },
      "Flatten",
      { kind = "Linear", out_features = 1000 },
      "IF",
      { kind = "Linear", out_features = 10 },
    ]
    ```

    ## Fix

    None: pool before the Flatten.
    """

    code: ClassVar[str] = "SNN441"
    name: ClassVar[str] = "fat-flatten"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each layer of weights, against all parameters of the network."""
        counts = {node.path: node.operator.parameters(*node.shapes) for node in graph.nodes}
        total = sum(counts.values())
        for node in graph.nodes:
            count = counts[node.path]
            if weights(node.operator) and count > max(_MANY, _MOST * total):
                message = f"`{node.path}` has {count:,} of the network's {total:,} parameters"
                yield finding(self, at(document, node), message, "pool before the Flatten")


_MANY, _MOST = 20_000_000, 0.8


RULE = FatFlatten()
