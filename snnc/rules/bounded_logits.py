"""bounded-logits."""

from collections.abc import Iterator
from math import exp, isfinite, log
from typing import ClassVar

from snnc.analysis.ranges import ranges
from snnc.analysis.structure import answers
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.layers._activation import ElementwiseActivation
from snnc.losses.cross_entropy import CrossEntropy
from snnc.readouts.sum import Sum
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class BoundedLogits(LintRule):
    """A cross-entropy of values in so small a range that it cannot become small.

    ## Why is this bad?

    Rates of spikes lie in [0, 1]. The softmax of C of them gives the label at most e/(e + C - 1),
    so the loss stays above ln(1 + (C - 1)/e): 1.46 for ten classes, 3.62 for a hundred. Gradients
    never say that an answer is good enough, and weights grow. Published networks read rates with
    ``loss = "mse"``, or take potentials (``LI``) or a Linear as logits.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 10 },
      "LIF",
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
      { kind = "Linear", out_features = 10 },
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

    None: ``loss = "mse"``, another last layer, or ``readout = "sum"`` with enough time steps.
    """

    code: ClassVar[str] = "SNN451"
    name: ClassVar[str] = "bounded-logits"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each output with a cross-entropy, by the range of what it reads."""
        every = [found for found in answers(document, graph) if isinstance(found[2], CrossEntropy)]
        bounds = ranges(document, graph) if every and not document.spec.convert else {}
        for output, last, _ in every if bounds else ():
            low, high = bounds[last.path]
            steps = graph.time_steps if isinstance(output.operator, Sum) else 1
            if not isfinite(high - low) or isinstance(last.operator, ElementwiseActivation):
                continue
            least = log(1 + (last.shape[0] - 1) * exp(-min(steps * (high - low), _MOST)))
            if least > _MUCH:
                what = f"values of `{last.path}` lie in [{low:g}, {high:g}]"
                loss = f"the loss of {last.shape[0]} classes cannot fall below {least:.2f}"
                help = 'write `loss = "mse"`, or end with weights, "LI" or `readout = "sum"`'
                yield finding(self, at(document, last), f"{what}: {loss}", help)


_MUCH = 0.25
_MOST = 700.0
"""An exponential of less is 0."""


RULE = BoundedLogits()
