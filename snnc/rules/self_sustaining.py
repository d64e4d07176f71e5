"""self-sustaining."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.charging import charging
from snnc.analysis.structure import spiking
from snnc.document import Document
from snnc.graph.types import Graph, Node
from snnc.layers.add import Add
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class SelfSustaining(LintRule):
    """A neuron that its own last spike makes spike again.

    ## Why is this bad?

    A spike that comes back with a weight of 1 reaches a threshold of 1 by itself. Measured with an
    IF and ``feedback = "add"``: one pulse of input, and a rate of 1.0 for ever after. Only a
    negative input ends it.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      { kind = "IF", feedback = "add" },
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      { kind = "IF", feedback = { kind = "Linear", out_features = 4 } },
    ]
    ```

    ## Fix

    None: give the feedback weights, a leak (``LIF``), or raise ``v_threshold``.
    """

    code: ClassVar[str] = "SNN416"
    name: ClassVar[str] = "self-sustaining"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each neuron that reads its own spikes, as they are or in a sum."""
        sums = {n.path: _earlier(n) for n in graph.nodes if isinstance(n.operator, Add)}
        for node in graph.nodes:
            read = (_earlier(node), *(sums.get(ref.node, ()) for ref in node.inputs))
            if any(node.path in names for names in read) and _again(node):
                message = f"`{node.path}`: each spike causes the next one, by its feedback alone"
                help = "once it has fired, only a negative input stops it"
                yield finding(self, at(document, node, "feedback"), message, help)


def _earlier(node: Node) -> frozenset[str]:
    """The nodes of which it reads an earlier value."""
    return frozenset(ref.node for ref in node.inputs if ref.delay)


def _again(node: Node) -> bool:
    """Whether an input of one spike reaches the threshold right after a reset."""
    step = charging(node.operator) if spiking(node.operator) else None
    if step is None or not step.linear or step.varies or len(step.spikes) != 1:
        return False
    (spike,), names = step.spikes, node.operator.inputs
    _, height = node.operator.bounds(*[(0.0, 0.0)] * len(names))
    return spike.value + sum(spike.gains.get(name, 0.0) for name in names) * height >= 0


RULE = SelfSustaining()
