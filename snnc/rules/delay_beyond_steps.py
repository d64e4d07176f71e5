"""delay-beyond-steps."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.layers.delay import Delay
from snnc.number import numbers
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class DelayBeyondSteps(LintRule):
    """A delay of as many time steps as there are, or more.

    ## Why is this bad?

    A delayed value is 0 before its first step, so this one is 0 at all time steps. The layers that
    read it get nothing, and no gradient passes.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      { kind = "LIF" },
      { kind = "Delay", delay = 10.0 },
      { kind = "Linear", out_features = 4 },
      { kind = "LIF" },
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      { kind = "LIF" },
      { kind = "Delay", delay = 2.0 },
      { kind = "Linear", out_features = 4 },
      { kind = "LIF" },
    ]
    ```

    ## Fix

    None: shorten the delay, or raise ``time_steps``.
    """

    code: ClassVar[str] = "SNN414"
    name: ClassVar[str] = "delay-beyond-steps"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each delay, and each edge from an earlier step."""
        steps = graph.time_steps
        for node in graph.nodes:
            operator = node.operator
            if isinstance(operator, Delay) and min(numbers(operator.delay)) >= steps:
                message = (
                    f"`{node.path}` is always 0: its delay is as long as the {steps} time steps"
                )
                yield finding(self, at(document, node, "delay"), message, _HELP)
            for ref in node.inputs:
                if ref.delay >= steps:
                    message = f"`{ref.value}` is always 0: {_few(steps)}"
                    yield finding(self, at(document, node, "from"), message, _HELP)


_HELP = "shorten the delay, or raise `time_steps`"


def _few(steps: int) -> str:
    return "there is only 1 time step" if steps == 1 else f"there are only {steps} time steps"


RULE = DelayBeyondSteps()
