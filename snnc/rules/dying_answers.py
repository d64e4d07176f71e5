"""dying-answers."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.losses.cross_entropy import CrossEntropy
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class DyingAnswers(LintRule):
    """A ReLU at the output whose values a cross-entropy compares with labels.

    ## Why is this bad?

    A class whose output starts negative for all samples is cut off at 0. No gradient passes there,
    so the network never learns this class. Some seeds lose whole classes. The largest output is
    found without an activation too.

    ## Example

    ```toml
    [network]
    layers = ["LIF", { kind = "Linear", out_features = 4 }, "ReLU"]

    [train]
    dataset = { kind = "module", loader = "mine:load" }
    loss = "cross_entropy"
    epochs = 1
    batch_size = 8
    optimizer = "Adam"
    ```

    ## Use instead

    ```toml
    [network]
    layers = ["LIF", { kind = "Linear", out_features = 4 }]

    [train]
    dataset = { kind = "module", loader = "mine:load" }
    loss = "cross_entropy"
    epochs = 1
    batch_size = 8
    optimizer = "Adam"
    ```

    ## Fix

    Unsafe: delete the activation. Outputs may become negative, and unnamed layers after it are
    renumbered.
    """

    code: ClassVar[str] = "SNN406"
    name: ClassVar[str] = "dying-answers"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """The layer before each output that has a cross-entropy."""
        train = document.spec.train
        losses = train.by_output(dict.fromkeys(graph.outputs, False)) if train else {}
        for output, loss in losses.items():
            if not graph[output].inputs:
                continue
            last = graph[graph[output].inputs[0].node]
            if isinstance(loss, CrossEntropy) and last.operator.role == "activation":
                message = f"`{last.path}` clips outputs at 0: some classes may never be learned"
                help = "leave it out: the largest output stays the largest"
                yield finding(self, at(document, last), message, help)


RULE = DyingAnswers()
