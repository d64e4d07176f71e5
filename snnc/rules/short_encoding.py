"""short-encoding."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.encoder import Encoder
from snnc.graph.types import Graph
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class ShortEncoding(LintRule):
    """An encoder whose code needs more time steps than there are.

    ## Why is this bad?

    The data lose what the code has no step for. The mean of T Poisson steps has T + 1 values, and
    its standard error is sqrt(x(1 - x)/T): with 4 steps a pixel of 0.5 is seen as 0.5 ± 0.25. A
    binary code of 8 digits is cut to the first T. Of 4 time steps a latency code has 4 moments.

    ## Example

    ```toml
    [input]
    shape = [4]
    encoder = { kind = "weighted_phase", phases = 8 }

    [network]
    layers = [{ kind = "Linear", out_features = 4 }, "IF"]
    ```

    ## Use instead

    ```toml
    time_steps = 8

    [input]
    shape = [4]
    encoder = { kind = "weighted_phase", phases = 8 }

    [network]
    layers = [{ kind = "Linear", out_features = 4 }, "IF"]
    ```

    ## Fix

    None: raise ``time_steps``, or write ``encoder = "direct"``, which loses nothing at any number
    of them.
    """

    code: ClassVar[str] = "SNN415"
    name: ClassVar[str] = "short-encoding"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each encoder, at the network's number of steps."""
        for name in graph.inputs:
            node = graph[name]
            encoder = node.operator  # opaque, if something is wrong with it
            lost = encoder.coarse(graph.time_steps) if isinstance(encoder, Encoder) else ""
            if lost:
                help = 'raise `time_steps`, or write `encoder = "direct"`'
                yield finding(self, at(document, node, "encoder"), f"`{name}`: {lost}", help)


RULE = ShortEncoding()
