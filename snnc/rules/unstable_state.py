"""unstable-state."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.charging import charging
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.neuron import Neuron
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic


class UnstableState(LintRule):
    """A state of a user-defined neuron that is multiplied by more than 1 at every time step.

    ## Why is this bad?

    It grows without end. Measured: ``v - (x - v) / tau`` with ``tau = 2.0``, where a plus is meant,
    is at 6e6 after 50 time steps. The usual causes are a wrong sign and ``tau * v``. The rule takes
    the derivative of the equations where the neuron starts, with parameters at their start values.

    ## Example

    ```toml
    [neurons.Mine]
    parameters = { tau = 2.0 }
    state = { v = 0.0 }
    step = "v = v - (x - v) / tau"
    output = "v"

    [network]
    layers = [{ kind = "Linear", out_features = 4 }, "Mine"]
    ```

    ## Use instead

    ```toml
    [neurons.Mine]
    parameters = { tau = 2.0 }
    state = { v = 0.0 }
    step = "v = v + (x - v) / tau"
    output = "v"

    [network]
    layers = [{ kind = "Linear", out_features = 4 }, "Mine"]
    ```

    ## Fix

    None: a leak towards the input is ``v + (x - v) / tau``, a decay ``v * (1 - 1 / tau)``.
    """

    code: ClassVar[str] = "SNN420"
    name: ClassVar[str] = "unstable-state"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each layer of a neuron that the document defines, and each of its states."""
        for node in graph.nodes:
            kind, neuron = node.operator.kind, node.operator
            if kind not in document.spec.neurons or not isinstance(neuron, Neuron):
                continue
            step = charging(neuron)
            for state, form in step.next.items() if step else ():
                if abs(gain := form.gains.get(state, 0.0)) > _GROWS:
                    tree = document.tree.find(("neurons", kind, "step"))[0]
                    message = f"`{kind}` multiplies `{state}` by {gain:.3g} at every step"
                    help = f"a leak is `{state} + (x - {state}) / tau`"
                    yield finding(self, tree, f"{message}: it grows without end", help)


_GROWS = 1.0001
"""A perfect integrator has 1, but for rounding."""


RULE = UnstableState()
