"""unused-parameter."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic
from snnc.step.parse import parse, parse_expression
from snnc.step.ssa import names

_BY_RESET = frozenset({"v_reset", "v_threshold"})


class UnusedParameter(LintRule):
    """A parameter of a user-defined neuron or surrogate that no equation uses.

    ## Why is this bad?

    A learnable parameter would never change. The usual cause is an equation that contains a number
    in place of the name.

    ## Example

    ```toml
    [neurons.Mine]
    parameters = { tau = 2.0 }
    state = { v = 0.0 }
    step = "v = v + (x - v) / 2.0"
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

    None: use the name in an equation, or delete the parameter.
    """

    code: ClassVar[str] = "SNN407"
    name: ClassVar[str] = "unused-parameter"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each parameter without a use in the equations; a reset uses its two by itself."""
        spec = document.spec
        for name, neuron in spec.neurons.items():
            read = {word for e in parse(neuron.step) for word in names(e.value)}
            yield from _unread(self, document, ("neurons", name), read | _BY_RESET)
        for name, surrogate in spec.surrogates.items():
            read = set(names(parse_expression(surrogate.gradient)))
            yield from _unread(self, document, ("surrogates", name), read)


def _unread(
    rule: LintRule, document: Document, at: tuple[str, str], read: set[str]
) -> Iterator[Diagnostic]:
    stated = document.tree.find(at)[0].get("parameters")
    for name, node in (stated.table if stated else {}).items():
        if name not in read:
            message = f"`{name}`: no equation of {at[1]} uses this parameter"
            yield finding(rule, node, message, "delete it, or use it in an equation")


RULE = UnusedParameter()
