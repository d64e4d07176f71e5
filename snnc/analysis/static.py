"""Static values: the same at every time step; and what would be static but for chance."""

from collections.abc import Iterator

from snnc.encoder import Encoder
from snnc.graph.types import Graph, Node
from snnc.opaque import Opaque


def static(graph: Graph) -> frozenset[str]:
    """The nodes whose value never changes over time; one execution stands for all steps."""
    found: set[str] = set()
    for node in graph.nodes:
        if _hoists(node) and all(ref.node in found and not ref.delay for ref in node.inputs):
            found.add(node.path)
    return frozenset(found)


def lost(graph: Graph) -> Iterator[tuple[Node, int]]:
    """The nodes that alone keep others from being static, by drawing at every step, and the cost.

    The cost is in multiply-accumulates for one sample. A layer counts for the first such cause.
    """
    still, causes = static(graph), dict[str, Node]()
    costs: dict[str, int] = {}
    for node in graph.nodes:
        if node.path in still or any(ref.delay for ref in node.inputs):
            continue
        before = [causes.get(ref.node) for ref in node.inputs if ref.node not in still]
        if not before and _draws(node):
            causes[node.path] = node
        elif before and all(before) and _hoists(node):
            (cause, *_) = [found for found in before if found]
            causes[node.path] = cause
            again = node.operator.macs(*node.shapes) * (graph.time_steps - 1)
            costs[cause.path] = costs.get(cause.path, 0) + again
    yield from ((graph[path], cost) for path, cost in costs.items() if cost)


def _hoists(node: Node) -> bool:
    timed = isinstance(node.operator, Encoder) and node.operator.timed_data
    return node.operator.hoists and not timed and not isinstance(node.operator, Opaque)


def _draws(node: Node) -> bool:
    """Whether it draws at every step, and is otherwise the same at all of them."""
    modes = [node.operator.traits(training) for training in (True, False)]
    same = all(mode.time == "pointwise" for mode in modes)
    return same and any(mode.random == "step" for mode in modes)
