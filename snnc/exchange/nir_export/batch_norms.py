"""Batch norms of eval mode as numbers of each channel, and inside the weights before them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snnc.exchange.states import State
from snnc.graph.types import Graph, Node
from snnc.layers._batch_norm import SequenceNorm
from snnc.layers._conv import Conv
from snnc.layers.linear import Linear

Array = NDArray[Any]


@dataclass(frozen=True)
class AffineMap:
    """A weight [out, ...] and a bias [out]."""

    weight: Array
    bias: Array | None

    def scaled(self, scale: Array, shift: Array) -> "AffineMap":
        """The map followed by ``scale * y + shift`` of each output."""
        weight = self.weight * scale.reshape(-1, *[1] * (self.weight.ndim - 1))
        bias = 0.0 if self.bias is None else self.bias
        return AffineMap(weight, bias * scale + shift)


def affine_map(norm: Node, state: State) -> tuple[Array, Array]:
    """The scale and the shift [C] of a batch norm in eval mode, float64."""
    operator: Any = norm.operator

    def read(key: str, default: float) -> Array:
        found = state.get(f"{norm.path}.{key}")
        return np.full(norm.shape[0], default) if found is None else np.asarray(found, np.float64)

    scale = read("weight", 1.0) / np.sqrt(read("running_var", 1.0) + operator.eps)
    return scale, read("bias", 0.0) - read("running_mean", 0.0) * scale


def folded(graph: Graph) -> Mapping[str, Node]:
    """Each convolution or Linear whose only reader is a batch norm of its channels."""
    found = {}
    for norm in graph.nodes:
        if not isinstance(norm.operator, SequenceNorm) or norm.inputs[0].delay:
            continue
        before = graph[norm.inputs[0].node]
        if isinstance(before.operator, Conv | Linear) and len(graph.readers[before.path]) == 1:
            found[before.path] = norm
    return found
