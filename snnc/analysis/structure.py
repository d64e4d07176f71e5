"""Structure: what a layer is to those beside it, and the answers of a network."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeGuard

from snnc.document import Document
from snnc.graph.types import Graph, Node
from snnc.layer import Operator
from snnc.layers._batch_norm import Normalisation
from snnc.layers._weighted import Weighted
from snnc.losses import Loss
from snnc.neuron import Neuron


def weights(operator: Operator) -> TypeGuard[Weighted]:
    """Whether the layer multiplies its input by a matrix: Linear, convolutions."""
    return isinstance(operator, Weighted) and operator.weight_axes >= 2


def norm(operator: Operator) -> TypeGuard[Normalisation]:
    """Whether the layer subtracts the mean of each channel and divides by its deviation."""
    return isinstance(operator, Normalisation)


def spiking(operator: Operator) -> TypeGuard[Neuron]:
    """Whether the layer's values are spikes."""
    return isinstance(operator, Neuron) and operator.spiking


def carries(operator: Operator) -> bool:
    """Whether the layer hands on the values of its one input: Flatten, Dropout, Identity."""
    return operator.ports == 1 and operator.traits(training=False).algebra == "move"


def origins(graph: Graph, through: Callable[[Operator], bool] = carries) -> Mapping[str, Node]:
    """The node whose values each node has at the same step: itself, unless it is looked through."""
    found: dict[str, Node] = {}
    for node in graph.nodes:
        same = _single(node) and through(node.operator)
        found[node.path] = found[node.inputs[0].node] if same else node
    return found


def _single(node: Node) -> bool:
    """Whether it reads one value, of its own time step."""
    return len(node.inputs) == 1 and not node.inputs[0].delay


def before(node: Node, origins: Mapping[str, Node]) -> Node | None:
    """The node whose values ``node`` reads; None for several inputs, or behind a delay."""
    return origins[node.inputs[0].node] if _single(node) else None


def answers(document: Document, graph: Graph) -> Iterator[tuple[Node, Node, Loss | None]]:
    """Each output, the layer that it reads, and its loss if the network is trained."""
    train = document.spec.train
    losses = train.by_output(graph.outputs) if train else {}
    for name in graph.outputs:
        node = graph[name]
        if node.inputs:  # what is wrong may read nothing
            yield node, graph[node.inputs[0].node], losses.get(name)
