"""bias-before-norm."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.structure import norm, weights
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic, Severity


class BiasBeforeNorm(LintRule):
    """A bias that the batch norm behind it subtracts again.

    ## Why is this bad?

    The norm subtracts the mean of each channel, so the bias has no effect and its gradient is 0 but
    for rounding. It costs a little time and memory, and an optimizer with weight decay moves it.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      "BatchNorm1d",
      "LIF",
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4, bias = false },
      "BatchNorm1d",
      "LIF",
    ]
    ```

    ## Fix

    Unsafe: ``bias = false``. The key of the bias leaves the checkpoint.

    ## References

    - Ioffe and Szegedy, Batch normalization, ICML 2015, section 3.2.
    """

    code: ClassVar[str] = "SNN433"
    name: ClassVar[str] = "bias-before-norm"
    severity: ClassVar[Severity] = "info"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each layer of weights that only norms read."""
        for node in graph.nodes:
            operator, readers = node.operator, graph.readers[node.path]
            if not weights(operator) or not operator.biased or not readers:
                continue
            if all(norm(reader.operator) for reader in readers):
                message = f"`{node.path}` has a bias, and `{readers[0].path}` subtracts it again"
                yield finding(self, at(document, node, "bias"), message, "write `bias = false`")


RULE = BiasBeforeNorm()
