"""coarse-answers."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.structure import answers, spiking
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.readouts.mean import Mean
from snnc.readouts.sum import Sum
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class CoarseAnswers(LintRule):
    """So many classes for so few possible rates that ties decide.

    ## Why is this bad?

    The rate of T time steps has T + 1 values. A thousand classes at 4 time steps share five: the
    highest rate is that of many classes, and the first of them is taken for the answer.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 1000 },
      { kind = "IF" },
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 1000 },
      { kind = "IF" },
      { kind = "Linear", out_features = 1000 },
    ]
    ```

    ## Fix

    None: a last Linear or ``LI``, Voting over several neurons a class, or more time steps.
    """

    code: ClassVar[str] = "SNN454"
    name: ClassVar[str] = "coarse-answers"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each output of rates, against the number of rates there are."""
        for output, last, loss in answers(document, graph):
            possible, share = graph.time_steps + 1, _CLASSES if loss else _VALUES
            rate = isinstance(output.operator, Mean | Sum) and spiking(last.operator)
            labels = rate and (loss is None or loss.wants == "labels")
            if labels and len(output.shape) == 1 and output.shape[0] > share * possible:
                message = f"`{output.path}`: {output.shape[0]:,} values share {possible} rates"
                yield finding(self, at(document, output), message, "ties decide")


_CLASSES, _VALUES = 4, 100
"""So many may share a rate: without [train] nobody knows whether values are those of classes."""


RULE = CoarseAnswers()
