"""skipping-stride."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.opaque import Opaque
from snnc.rules import LintRule, at, finding
from snnc.sizes import spread
from snnc.source.diagnostic import Diagnostic


class SkippingStride(LintRule):
    """A stride longer than the window.

    ## Why is this bad?

    The elements between two windows are never read. A stride of 4 with a window of 3 leaves out 44
    % of an image. A window of one element, as in the shortcut of a residual network, is no such
    case.

    ## Example

    ```toml
    [input]
    shape = [1, 28, 28]

    [network]
    layers = [
      { kind = "Conv2d", out_channels = 8, kernel_size = 3, stride = 4 },
      "IF",
      "Flatten",
      { kind = "Linear", out_features = 4 },
    ]
    ```

    ## Use instead

    ```toml
    [input]
    shape = [1, 28, 28]

    [network]
    layers = [
      { kind = "Conv2d", out_channels = 8, kernel_size = 3, stride = 3 },
      "IF",
      "Flatten",
      { kind = "Linear", out_features = 4 },
    ]
    ```

    ## Fix

    None: shorten the stride, or enlarge the window.
    """

    code: ClassVar[str] = "SNN438"
    name: ClassVar[str] = "skipping-stride"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each layer of windows."""
        for node in graph.nodes:
            kernel = getattr(node.operator, "kernel_size", None)
            stride = getattr(node.operator, "stride", None)
            if kernel is None or stride is None or isinstance(node.operator, Opaque):
                continue
            axes = len(node.shape) - 1
            widths, steps = spread(kernel, axes), spread(stride, axes)
            dilation = spread(getattr(node.operator, "dilation", 1), axes)
            reach = [d * (k - 1) + 1 for d, k in zip(dilation, widths, strict=True)]
            seen = prod(min(1.0, r / s) for r, s in zip(reach, steps, strict=True))
            if seen < 1 and max(reach) > 1:
                message = f"`{node.path}` never reads {1 - seen:.0%} of its input"
                help = "the stride is longer than the window"
                yield finding(self, at(document, node, "stride"), message, help)


RULE = SkippingStride()
