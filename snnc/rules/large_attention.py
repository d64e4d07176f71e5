"""large-attention."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.layers.attention import Attention
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class LargeAttention(LintRule):
    """An attention over more than a thousand tokens.

    ## Why is this bad?

    With a softmax each token is compared with each, at every time step: 4,096 tokens are 16,777,216
    products a head, 64 MiB in float32, for one sample and one step, and training keeps them all.

    ## Example

    ```toml
    [input]
    shape = [4, 4096]

    [network]
    layers = [
      { kind = "Conv1d", out_channels = 8, kernel_size = 1 },
      { kind = "LIF", name = "s" },
      { kind = "Attention", from = ["s", "s", "s"] },
      { kind = "LIF" },
    ]
    ```

    ## Use instead

    ```toml
    [input]
    shape = [4, 4096]

    [network]
    layers = [
      { kind = "Conv1d", out_channels = 8, kernel_size = 16, stride = 16 },
      { kind = "LIF", name = "s" },
      { kind = "Attention", from = ["s", "s", "s"] },
      { kind = "LIF" },
    ]
    ```

    ## Fix

    None: make fewer tokens of the input, or write ``softmax = false``, which needs no such matrix.

    ## References

    - Zhou et al., Spikformer: when spiking neural network meets transformer, ICLR 2023.
    """

    code: ClassVar[str] = "SNN442"
    name: ClassVar[str] = "large-attention"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each attention that makes a matrix of tokens by tokens."""
        for node in graph.nodes:
            if not isinstance(node.operator, Attention) or not node.operator.softmax:
                continue
            (_, queries), (_, keys), _ = node.shapes
            if max(queries, keys) > _MANY:
                products = queries * keys * node.operator.heads
                size = products * 4 * graph.time_steps / 2**30
                cost = f"{products:,} products a step, {size:.2g} GiB over all steps of a sample"
                message = f"`{node.path}`: {keys:,} tokens make {cost}"
                help = "make fewer tokens, or write `softmax = false`, which needs no such matrix"
                yield finding(self, at(document, node), message, help)


_MANY = 1024


RULE = LargeAttention()
