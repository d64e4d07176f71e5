"""cropped-map."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import LintRule, at, finding
from snnc.shapes import show
from snnc.source.diagnostic import Diagnostic


class CroppedMap(LintRule):
    """Windows that do not fit, and leave out a third of the map or more at its end.

    ## Why is this bad?

    What lies in the rows and columns left over is never read, and was computed for nothing. Of a
    map of 3 x 3, a pooling of 2 x 2 reads four elements of nine: 56 % are left out. The usual cause
    is an input that is smaller than that of the network one has copied.

    ## Example

    ```toml
    [input]
    shape = [1, 3, 3]

    [network]
    layers = [
      { kind = "Conv2d", out_channels = 8, kernel_size = 3, padding = 1 },
      "IF",
      { kind = "MaxPool2d", kernel_size = 2 },
      "Flatten",
      { kind = "Linear", out_features = 4 },
    ]
    ```

    ## Use instead

    ```toml
    [input]
    shape = [1, 3, 3]

    [network]
    layers = [
      { kind = "Conv2d", out_channels = 8, kernel_size = 3, padding = 1 },
      "IF",
      { kind = "AdaptiveAvgPool2d", output_size = 1 },
      "Flatten",
      { kind = "Linear", out_features = 4 },
    ]
    ```

    ## Fix

    None: pad, pool less often, or write ``ceil_mode = true``.
    """

    code: ClassVar[str] = "SNN440"
    name: ClassVar[str] = "cropped-map"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each layer, and the part of its input that its output needs."""
        for node in graph.nodes:
            needed = node.operator.corners(node.shape, *node.shapes)
            for whole, part in zip(node.shapes, needed, strict=True):
                left_out = 1 - prod(part) / prod(whole)
                if left_out >= _MUCH:
                    left = f"leaves out {left_out:.0%} of a map of {show(whole[1:])}"
                    message = f"`{node.path}` {left}"
                    help = "pad it, or write `ceil_mode = true` where a pool has that"
                    yield finding(self, at(document, node, "kernel_size"), message, help)


_MUCH = 1 / 3


RULE = CroppedMap()
