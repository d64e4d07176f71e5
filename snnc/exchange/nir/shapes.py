"""Shapes of a graph: of what each node reads and writes, told by data and by the nodes' numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from snnc.escape import word
from snnc.exchange import Unusable
from snnc.exchange.nir import stateless
from snnc.exchange.nir.flattening import FlatGraph
from snnc.exchange.nir.primitives import told
from snnc.exchange.nir.reading import FileNode
from snnc.shapes import Shape, ShapeError, show


@dataclass(frozen=True)
class NodeShapes:
    """The shape of one sample before and behind a node."""

    reads: Shape
    writes: Shape


def inferred(graph: FlatGraph, order: Sequence[str]) -> Mapping[str, NodeShapes]:
    """The shapes of every node. Raises Unusable with the edge or node that does not fit."""
    found: dict[str, NodeShapes] = {}
    left = [*order]
    while left:
        known = len(found)
        for name in left:
            shape = _reads(graph, name, found)
            if shape is not None:
                found[name] = NodeShapes(shape, _writes(name, graph.nodes[name], shape))
        left = [name for name in left if name not in found]
        if left and len(found) == known:
            raise Unusable(f"nothing tells the shape of node {word(left[0])}")
    _agree(graph, found)
    return found


def _reads(graph: FlatGraph, name: str, found: Mapping[str, NodeShapes]) -> Shape | None:
    """The shape that a node reads, if enough is known: that of a source before its own."""
    node = graph.nodes[name]
    try:
        own = told(node.kind, node.fields)
    except ValueError:
        raise Unusable(f"node {word(name)} ({node.kind}): its numbers do not fit") from None
    source = next((found[s].writes for s in graph.sources(name) if s in found), None)
    if source is None or node.kind not in ("Affine", "Linear", "Output"):
        return source if source is not None else own
    return own


def _writes(name: str, node: FileNode, shape: Shape) -> Shape:
    try:
        return stateless.shape(node, shape)
    except ShapeError as error:
        raise Unusable(f"node {word(name)} ({node.kind}): {error.message}") from error


def _agree(graph: FlatGraph, found: Mapping[str, NodeShapes]) -> None:
    """Check each edge, and that the numbers of a node fit what it reads."""
    for source, target in graph.edges:
        gives, wants = found[source].writes, found[target].reads
        if gives != wants:
            raise _mismatch(graph, (source, target), gives, wants)
    for name, node in graph.nodes.items():
        own, reads = told(node.kind, node.fields), found[name].reads
        if own is not None and not _spreads(own, reads):
            source = graph.sources(name)[0]
            raise _mismatch(graph, (source, name), reads, own)


def _mismatch(graph: FlatGraph, edge: tuple[str, str], gives: Shape, wants: Shape) -> Unusable:
    source, target = (f"{word(name)} ({graph.nodes[name].kind})" for name in edge)
    return Unusable(
        f"edge {word(edge[0])} → {word(edge[1])}: "
        f"{source} gives {show(gives)}, but {target} takes {show(wants)}"
    )


def _spreads(own: Shape, whole: Shape) -> bool:
    """Whether numbers of a shape are numbers for each element."""
    axes = zip(reversed(own), reversed(whole), strict=False)
    return len(own) <= len(whole) and all(a in (1, b) for a, b in axes)
