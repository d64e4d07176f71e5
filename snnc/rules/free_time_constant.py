"""free-time-constant."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.neuron import Neuron
from snnc.number import Value
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic
from snnc.step.parse import parse
from snnc.step.ssa import Expr, Operation, names


class FreeTimeConstant(LintRule):
    """A learnable parameter that equations divide by, and that nothing keeps away from 0.

    ## Why is this bad?

    An optimizer moves it wherever the gradient points. A ``tau`` of 0.6 multiplies a potential by
    -0.67 at every time step, one below 0.5 makes it grow without end, and at 0 the division is
    infinite: training then stops with NaN. With a ``range``, the parameter that is learned is
    another, from which the number follows.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      { kind = "LIF", tau = { value = 2.0, learnable = true } },
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      { kind = "LIF", tau = { value = 2.0, learnable = true, range = [1.0, inf] } },
    ]
    ```

    ## Fix

    Unsafe: ``range = [1.0, inf]``. The key ``tau`` of checkpoints becomes ``tau_raw``, and it is
    learned differently.

    ## References

    - Fang et al., Incorporating learnable membrane time constant, ICCV 2021.
    - spikingjelly issue 42.
    """

    code: ClassVar[str] = "SNN424"
    name: ClassVar[str] = "free-time-constant"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each parameter of each neuron, but not the threshold, which has no natural range."""
        for node in graph.nodes:
            if not isinstance(node.operator, Neuron):
                continue
            free = {name for name in type(node.operator).model_fields if _free(node.operator, name)}
            divisors = _divisors(node.operator.step) if free else set()
            for name in sorted(free & divisors - {"v_threshold"}):
                message = f"`{node.path}`: `{name}` is learned, and nothing keeps it away from 0"
                help = "write `range = [1.0, inf]` in its table"
                yield finding(self, at(document, node, name), message, help)


def _free(neuron: Neuron, name: str) -> bool:
    value = getattr(neuron, name)
    return isinstance(value, Value) and value.learnable and value.range is None


def _divisors(step: str) -> set[str]:
    """The names that some division of the equations is by."""
    ahead: list[Expr] = [equation.value for equation in parse(step)]
    found: set[str] = set()
    while ahead:
        expr = ahead.pop()
        if isinstance(expr, Operation):
            ahead += expr.args
            found |= {*names(expr.args[1])} if expr.name == "div" else set()
    return found


RULE = FreeTimeConstant()
