"""binary-answers."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.structure import answers, spiking
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.readouts.last import Last
from snnc.readouts.max import Max
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class BinaryAnswers(LintRule):
    """Answers that are 0 or 1 for each class, so that several classes tie.

    ## Why is this bad?

    The last value of spikes, or their maximum, is a single bit. Where no class or several have a 1,
    the first of them is taken for the answer, whatever the network knows. With ten output neurons
    that each spike at half of the time steps, only 1 % of samples have exactly one 1.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 10 },
      "LIF",
    ]

    [output]
    readout = "last"

    [train]
    dataset = { kind = "module", loader = "mine:load" }
    loss = "mse"
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
    ]

    [output]
    readout = "mean"

    [train]
    dataset = { kind = "module", loader = "mine:load" }
    loss = "mse"
    epochs = 10
    batch_size = 8
    optimizer = "Adam"
    ```

    ## Fix

    None: ``readout = "mean"``, a last ``LI``, or Voting over several neurons a class.
    """

    code: ClassVar[str] = "SNN453"
    name: ClassVar[str] = "binary-answers"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each output of several values that takes one step of spikes, or any."""
        for output, last, _ in answers(document, graph):
            bit = isinstance(output.operator, Last | Max) and spiking(last.operator)
            if bit and output.shape and output.shape[0] > 1:
                what = f"the {output.operator.kind} of spikes is 0 or 1, so several classes tie"
                message = f"`{output.path}`: {what}"
                help = 'write `readout = "mean"`, or end with "LI" or a Voting'
                yield finding(self, at(document, output, "readout"), message, help)


RULE = BinaryAnswers()
