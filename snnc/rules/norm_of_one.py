"""norm-of-one."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.layers._batch_norm import SequenceNorm
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class NormOfOne(LintRule):
    """A batch norm over a single number.

    ## Why is this bad?

    With ``stats = "step"``, features without inner axes and ``batch_size = 1``, each channel has
    one number a time step: its deviation is 0 and PyTorch refuses it (``Expected more than 1 value
    per channel when training``).

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 10, bias = false },
      { kind = "BatchNorm1d", stats = "step" },
      "LIF",
      { kind = "Linear", out_features = 10 },
    ]

    [train]
    dataset = { kind = "module", loader = "mine:load" }
    loss = "cross_entropy"
    epochs = 10
    batch_size = 1
    optimizer = "Adam"
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 10, bias = false },
      { kind = "BatchNorm1d", stats = "step" },
      "LIF",
      { kind = "Linear", out_features = 10 },
    ]

    [train]
    dataset = { kind = "module", loader = "mine:load" }
    loss = "cross_entropy"
    epochs = 10
    batch_size = 8
    optimizer = "Adam"
    ```

    ## Fix

    None: raise ``batch_size``, or write ``stats = "sequence"``.
    """

    code: ClassVar[str] = "SNN465"
    name: ClassVar[str] = "norm-of-one"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each norm with statistics of each step."""
        train = document.spec.train
        for node in graph.nodes if train and train.batch_size == 1 else ():
            alone = isinstance(node.operator, SequenceNorm) and node.operator.per_step
            if alone and prod(node.shape[1:]) == 1:
                message = f"`{node.path}` normalises one number a channel, at every time step"
                help = 'raise `batch_size`, or write `stats = "sequence"`'
                yield finding(self, at(document, node, "stats"), message, help)


RULE = NormOfOne()
