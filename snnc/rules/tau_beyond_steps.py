"""tau-beyond-steps."""

from collections.abc import Iterator
from itertools import accumulate
from typing import ClassVar

from snnc.analysis.charging import MOST_STEPS, charging, response
from snnc.analysis.structure import spiking
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.neuron import Neuron
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class TauBeyondSteps(LintRule):
    """A time constant so long that the potential hardly moves in the time steps there are.

    ## Why is this bad?

    A LIF divides its input by ``tau``. With ``tau = 100.0`` and 4 time steps, a constant input
    raises the potential to 4 % of its height. The neuron only spikes if its input is 25 times the
    threshold. The usual cause is a time constant in milliseconds, where time steps are meant.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      { kind = "LIF", tau = 100.0 },
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      { kind = "LIF", tau = 2.0 },
    ]
    ```

    ## Fix

    None: state ``tau`` in time steps, or write ``decay_input = false``, which does not divide the
    input.
    """

    code: ClassVar[str] = "SNN413"
    name: ClassVar[str] = "tau-beyond-steps"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each neuron whose potential an input of 1 hardly moves."""
        for node in graph.nodes:
            reached = _reached(node.operator, graph.time_steps) if spiking(node.operator) else None
            if reached is not None:
                little = f"a constant input of 1 raises the potential by {reached:.2g} only"
                message = f"`{node.path}`: in {graph.time_steps} steps {little}"
                help = "time constants are in time steps"
                yield finding(self, at(document, node, "tau", "parameters"), message, help)


_LITTLE = 0.2
"""A part of the threshold, or of 1 if that is less."""


def _reached(neuron: Neuron, steps: int) -> float | None:
    """The potential after a constant input of 1; None if it is high enough, or not known."""
    step = charging(neuron)
    if step is None or not step.linear or len(step.spikes) != 1 or steps > MOST_STEPS:
        return None
    (spike,) = step.spikes
    rises = (accumulate(response(step, 0, name, steps)) for name in neuron.inputs)
    reached = max(abs(potential) for rise in rises for potential in rise)
    return reached if reached < _LITTLE * min(1.0, -spike.value) else None


RULE = TauBeyondSteps()
