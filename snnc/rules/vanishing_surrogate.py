"""vanishing-surrogate."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.slopes import passed
from snnc.document import Document
from snnc.graph.types import Graph, Node
from snnc.neuron import SpikingNeuron
from snnc.number import numbers
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class VanishingSurrogate(LintRule):
    """Many neurons behind each other whose surrogates let little of a gradient through.

    ## Why is this bad?

    A gradient passes every neuron on its way to the first layer, and is multiplied by the slope at
    its potential. Measured with ``SuperSpike`` and ``alpha = 25.0`` behind batch norms: each layer
    leaves 23 % of a gradient, so five layers leave 0.06 %; ``ATan`` leaves all of it. The rule
    estimates the root mean square of the slope, for potentials as a batch norm makes them. A
    connection around neurons counts as the shorter way.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4, bias = false },
      "BatchNorm1d",
      { kind = "LIF", surrogate = "SuperSpike" },
      { kind = "Linear", out_features = 4, bias = false },
      "BatchNorm1d",
      { kind = "LIF", surrogate = "SuperSpike" },
      { kind = "Linear", out_features = 4, bias = false },
      "BatchNorm1d",
      { kind = "LIF", surrogate = "SuperSpike" },
      { kind = "Linear", out_features = 4, bias = false },
      "BatchNorm1d",
      { kind = "LIF", surrogate = "SuperSpike" },
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4, bias = false },
      "BatchNorm1d",
      { kind = "LIF", surrogate = "ATan" },
      { kind = "Linear", out_features = 4, bias = false },
      "BatchNorm1d",
      { kind = "LIF", surrogate = "ATan" },
      { kind = "Linear", out_features = 4, bias = false },
      "BatchNorm1d",
      { kind = "LIF", surrogate = "ATan" },
      { kind = "Linear", out_features = 4, bias = false },
      "BatchNorm1d",
      { kind = "LIF", surrogate = "ATan" },
    ]
    ```

    ## Fix

    None: a flatter surrogate, such as ``ATan`` or a smaller ``alpha``, changes what is learned.
    """

    code: ClassVar[str] = "SNN423"
    name: ClassVar[str] = "vanishing-surrogate"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """The first such neuron, if at least four lie on the shortest way to some other."""
        weak = {node.path: part for node in graph.nodes if (part := _weak(node)) < _LITTLE}
        depth: dict[str, int] = {}
        for node in graph.nodes:
            before = [depth.get(ref.node, 0) for ref in node.inputs if not ref.delay]
            depth[node.path] = min(before, default=0) + (node.path in weak)
        if max(depth.values(), default=0) >= _ROW:
            name, part = next(iter(weak.items()))
            surrogate = graph[name].operator
            assert isinstance(surrogate, SpikingNeuron)
            row = f"and {max(depth.values())} such neurons lie behind each other"
            kind = surrogate.surrogate.kind
            message = f"estimate: {kind} passes {part:.2g} of a gradient on average, {row}"
            help = "take a flatter one, such as `ATan`, or a smaller `alpha`"
            yield finding(self, at(document, graph[name], "surrogate"), message, help)


_ROW = 4
_LITTLE = 0.1


def _weak(node: Node) -> float:
    """The part of a gradient that passes a node."""
    if not isinstance(node.operator, SpikingNeuron):
        return 1.0
    return passed(node.operator.surrogate, max(numbers(node.operator.v_threshold)))


RULE = VanishingSurrogate()
