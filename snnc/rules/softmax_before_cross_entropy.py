"""softmax-before-cross-entropy."""

from collections.abc import Iterator
from math import exp, log
from typing import ClassVar

from snnc.analysis.structure import answers
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.layers._activation import ElementwiseActivation
from snnc.losses.cross_entropy import CrossEntropy
from snnc.readouts.sum import Sum
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic
from snnc.step.bounds import ANYTHING


class SoftmaxBeforeCrossEntropy(LintRule):
    """A Softmax or a Sigmoid at an output that a cross-entropy reads.

    ## Why is this bad?

    The cross-entropy makes a softmax of its input by itself. Of values in [0, 1] its softmax is
    flat: with ten classes the loss cannot fall below ln(1 + 9/e) = 1.46, and gradients are small
    wherever the first softmax is sure. A sum over time steps (``readout = "sum"``) is no such case.

    ## Example

    ```toml
    [network]
    layers = [
      "LIF",
      { kind = "Linear", out_features = 10 },
      "Softmax",
    ]

    [train]
    dataset = { kind = "module", loader = "mine:load" }
    loss = "cross_entropy"
    epochs = 10
    batch_size = 8
    optimizer = "Adam"
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
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

    Unsafe: delete the layer. Outputs become logits, and whoever reads them as probabilities needs a
    softmax.
    """

    code: ClassVar[str] = "SNN450"
    name: ClassVar[str] = "softmax-before-cross-entropy"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """The layer before each output that has a cross-entropy."""
        for output, last, loss in answers(document, graph):
            if not isinstance(loss, CrossEntropy) or isinstance(output.operator, Sum):
                continue
            squashes = isinstance(last.operator, ElementwiseActivation)
            if squashes and last.operator.bounds(ANYTHING) == (0.0, 1.0) and last.shape:
                least = log(1 + (last.shape[0] - 1) / exp(1))
                message = f"`{last.path}`: the loss cannot fall below {least:.2f}"
                help = "delete it: the cross-entropy makes a softmax by itself"
                yield finding(self, at(document, last), message, help)


RULE = SoftmaxBeforeCrossEntropy()
