"""weights-after-weights."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from snnc.analysis.structure import weights
from snnc.document import Document
from snnc.graph.types import Graph, Node
from snnc.rules import LintRule, at, finding
from snnc.sizes import spread
from snnc.source.diagnostic import Diagnostic


class WeightsAfterWeights(LintRule):
    """Two layers of weights without anything between that is not linear.

    ## Why is this bad?

    Their product is one matrix: two layers learn no more than one, at the cost of two. The usual
    cause is a neuron that was forgotten. Factors of a matrix are no such case: a narrow layer
    between two wider ones, a convolution in groups or of single elements.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      { kind = "Linear", out_features = 4 },
      "LIF",
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      "LIF",
      { kind = "Linear", out_features = 4 },
      "LIF",
    ]
    ```

    ## Fix

    None: put a neuron between them, or delete one.

    ## References

    - Fang et al., Deep residual learning in spiking neural networks, NeurIPS 2021, on where neurons
      stand.
    """

    code: ClassVar[str] = "SNN434"
    name: ClassVar[str] = "weights-after-weights"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each layer of weights, and the weights that its input is a linear map of."""
        for node in graph.nodes:
            first = _before(graph, node) if weights(node.operator) else None
            if first and not _factor(first, node):
                message = f"`{first.path}` and `{node.path}` are one linear map"
                yield finding(self, at(document, node), message, "put a neuron between them")


_LINEAR = frozenset({"move", "linear", "affine"})


def _before(graph: Graph, node: Node) -> Node | None:
    """The weights that the input is a linear map of, in eval mode, if nothing else reads them."""
    while len(node.inputs) == 1 and not node.inputs[0].delay:
        node = graph[node.inputs[0].node]
        linear = node.operator.traits(training=False).algebra in _LINEAR
        if not linear or len(graph.readers[node.path]) > 1:
            return None
        if weights(node.operator):
            return node
    return None


def _factor(before: Node, node: Node) -> bool:
    """Whether two layers are meant as factors of one map."""
    narrow = prod(before.shape) < min(prod(before.shapes[0]), prod(node.shape))
    return narrow or any(_separable(one) for one in (before, node))


def _separable(node: Node) -> bool:
    kernel = getattr(node.operator, "kernel_size", None)
    single = kernel is not None and {*spread(kernel, 1)} == {1}
    return single or getattr(node.operator, "groups", 1) > 1


RULE = WeightsAfterWeights()
