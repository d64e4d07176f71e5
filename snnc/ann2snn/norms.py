"""Batch normalisations into the weights around them.

In eval mode one scales and shifts each channel. Behind a convolution or a matrix product, and
before one that pads with no zeros, the weights can do that themselves. Any other stays as it is:
it is affine, so the mean over time of its values is its value of the mean.
"""

from dataclasses import replace
from math import prod

from snnc.ann2snn.graph_edits import only_reader, source, updated, without
from snnc.ann2snn.types import FoldedNorm
from snnc.graph.types import Graph, Node
from snnc.layers.flatten import Flatten
from snnc.sizes import spread


def folded(graph: Graph) -> tuple[Graph, tuple[FoldedNorm, ...]]:
    """The graph without the normalisations that weights take over, and which weights these are."""
    folds: list[FoldedNorm] = []
    for node in graph.nodes:
        fold = _fold(graph, graph[node.path]) if node.operator.role == "norm" else None
        if fold:
            folds.append(fold)
            graph = without(_biased(graph, fold.into), fold.norm)
    return graph, tuple(folds)


def _fold(graph: Graph, norm: Node) -> FoldedNorm | None:
    before = source(graph, norm)
    if before.operator.role == "weights" and only_reader(graph, before.path):
        return FoldedNorm(norm.path, before.path)
    after, size = only_reader(graph, norm.path), 1
    while after and isinstance(after.operator, Flatten) and len(after.shape) == 1:
        size *= prod(after.shapes[0][1:])
        after = only_reader(graph, after.path)
    if after and after.operator.role == "weights" and not _pads_zeros(after):
        return FoldedNorm(norm.path, after.path, before=True, spread=size)
    return None


def _pads_zeros(node: Node) -> bool:
    """Whether a layer pads its input with zeros, which a shift of the input does not shift."""
    if getattr(node.operator, "padding_mode", "zeros") != "zeros":
        return False
    padding = getattr(node.operator, "padding", 0)
    return padding == "same" or (padding != "valid" and any(spread(padding, 1)))


def _biased(graph: Graph, path: str) -> Graph:
    operator = graph[path].operator.model_copy(update={"bias": True})
    return updated(graph, [replace(graph[path], operator=operator)])
