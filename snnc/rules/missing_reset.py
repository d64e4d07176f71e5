"""missing-reset."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic
from snnc.step.parse import parse
from snnc.step.ssa import Expr, Operation, names


class MissingReset(LintRule):
    """A user-defined neuron that spikes, with a state that its spikes do not change.

    ## Why is this bad?

    The potential stays above the threshold after a spike, so the neuron spikes at every time step
    until its input falls. Measured with ``v + (x - v) / 2`` at a constant input of 1.5: a rate of
    0.88 over 8 time steps, where the same neuron with a reset has 0.5.

    ## Example

    ```toml
    [neurons.Mine]
    state = { v = 0.0 }
    step = '''
    v = v + (x - v) / 2
    s = spike(v - 1)
    '''
    output = "s"

    [network]
    layers = [{ kind = "Linear", out_features = 4 }, "Mine"]
    ```

    ## Use instead

    ```toml
    [neurons.Mine]
    state = { v = 0.0 }
    step = '''
    h = v + (x - v) / 2
    s = spike(h - 1)
    v = reset(h, s)
    '''
    output = "s"

    [network]
    layers = [{ kind = "Linear", out_features = 4 }, "Mine"]
    ```

    ## Fix

    None: add ``v = reset(h, s)``, where h is the potential before the reset.
    """

    code: ClassVar[str] = "SNN421"
    name: ClassVar[str] = "missing-reset"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each definition with a state and a spike that no state depends on."""
        for kind, neuron in document.spec.neurons.items():
            equations = parse(neuron.step)
            spikes = {e.name for e in equations if _spikes(e.value)}
            if not spikes or not neuron.state:
                continue
            for (
                equation
            ) in equations:  # a state that reads what is spiked later has it a step later
                if not spikes.isdisjoint(names(equation.value)):
                    spikes.add(equation.name)
            if spikes.isdisjoint(neuron.state):
                tree = document.tree.find(("neurons", kind, "step"))[0]
                message = f"`{kind}` spikes, but no spike changes its state: it never resets"
                yield finding(self, tree, message, "add `v = reset(h, s)`")


def _spikes(expr: Expr) -> bool:
    if not isinstance(expr, Operation):
        return False
    return expr.name == "spike" or any(map(_spikes, expr.args))


RULE = MissingReset()
