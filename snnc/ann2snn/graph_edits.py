"""Small changes of a graph, from which its rewrites are made."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from snnc.graph.types import Graph, Node, Ref


def readers(graph: Graph, path: str) -> list[Node]:
    """The nodes that read a value, readouts too."""
    return [node for node in graph.nodes if any(ref.node == path for ref in node.inputs)]


def only_reader(graph: Graph, path: str) -> Node | None:
    """The node that reads a value, if there is just one."""
    found = readers(graph, path)
    return found[0] if len(found) == 1 else None


def source(graph: Graph, node: Node) -> Node:
    """The first node that another reads."""
    return graph[node.inputs[0].node]


def without(graph: Graph, path: str) -> Graph:
    """The graph in which the readers of a node read what it reads."""
    (past,) = graph[path].inputs
    kept = (node for node in graph.nodes if node.path != path)
    return replace(graph, nodes=tuple(reading(node, {path: past.node}) for node in kept))


def updated(graph: Graph, nodes: Iterable[Node]) -> Graph:
    """The graph with other nodes in the places of those of the same paths."""
    new = {node.path: node for node in nodes}
    return replace(graph, nodes=tuple(new.get(node.path, node) for node in graph.nodes))


def swapped(graph: Graph, first: str, second: str) -> Graph:
    """The graph in which ``second``, the only reader of ``first``, comes before it."""
    one, two = graph[first], graph[second]
    shapes = (two.operator.shape(*one.shapes),)
    ahead = replace(two, inputs=one.inputs, shapes=one.shapes, shape=shapes[0])
    behind = replace(one, inputs=(Ref(second),), shapes=shapes, shape=shapes[0])
    nodes: list[Node] = []
    for node in graph.nodes:
        if node.path == first:
            nodes += [ahead, behind]
        elif node.path != second:
            nodes.append(reading(node, {second: first}))
    return replace(graph, nodes=tuple(nodes))


def reading(node: Node, names: Mapping[str, str]) -> Node:
    """The node, reading other nodes where ``names`` has them."""
    inputs = tuple(replace(ref, node=names.get(ref.node, ref.node)) for ref in node.inputs)
    return replace(node, inputs=inputs)
