"""lost-gradient."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.gradients import passed
from snnc.document import Document
from snnc.graph.types import Graph, Node
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic
from snnc.step.parse import parse


class LostGradient(LintRule):
    """A user-defined neuron behind weights whose output gives its inputs no gradient.

    ## Why is this bad?

    A comparison has no derivative, so ``where(h > 1, 1, 0)`` is a spike without a surrogate
    gradient. Nothing in front of the neuron learns: the gradient of its weights is exactly 0, and
    training changes only the layers behind it. ``detach`` around every input does the same.

    ## Example

    ```toml
    [neurons.Mine]
    state = { v = 0.0 }
    step = '''
    h = v + (x - v) / 2
    s = where(h > 1, 1, 0)
    v = where(h > 1, 0, h)
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

    None: write the comparison of a spike as ``spike(h - 1)``, whose gradient is the surrogate's.

    ## References

    - Neftci et al., Surrogate gradient learning in spiking neural networks, IEEE Signal Processing
      Magazine 2019.
    """

    code: ClassVar[str] = "SNN425"
    name: ClassVar[str] = "lost-gradient"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each definition of which no input gets a gradient, used behind something that learns."""
        for kind, neuron in document.spec.neurons.items():
            users = [node for node in graph.nodes if node.operator.kind == kind]
            if not passed(parse(neuron.step), neuron.output).isdisjoint(neuron.inputs):
                continue
            if first := next((name for node in users for name in _learning(graph, node)), None):
                step = document.tree.find(("neurons", kind, "step"))[0]
                message = f"`{kind}` gives its input no gradient: `{first}` in front cannot learn"
                yield finding(self, step, message, "a spike is `spike(h - v_threshold)`")


def _learning(graph: Graph, node: Node) -> Iterator[str]:
    """The layers with parameters that lead to a node."""
    seen, ahead = {node.path}, [node]
    while ahead:
        for ref in ahead.pop().inputs:
            source = graph[ref.node]
            if source.shapes and source.operator.parameters(*source.shapes):
                yield source.path
            if ref.node not in seen:
                seen.add(ref.node)
                ahead.append(source)


RULE = LostGradient()
