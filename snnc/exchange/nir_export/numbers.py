"""Numbers of neurons as trained: constants of the spec, or tensors of its weights."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from snnc.exchange.states import State
from snnc.graph.types import Node
from snnc.number import Value

Array = NDArray[np.float64]


def number(node: Node, name: str, state: State) -> Array:
    """A field of a neuron for each element [*shape], float64."""
    return np.broadcast_to(_value(node, getattr(node.operator, name), name, state), node.shapes[0])


def _value(node: Node, stated: Any, name: str, state: State) -> Array:
    if not isinstance(stated, Value):
        return np.asarray(stated, np.float64)
    if stated.constant is not None:
        return np.asarray(stated.constant, np.float64)
    if not stated.learnable or stated.range is None:
        return np.asarray(state[f"{node.path}.{name}"], np.float64)
    raw, (low, high) = np.asarray(state[f"{node.path}.{name}_raw"], np.float64), stated.range
    if np.isinf(high):
        return np.asarray(low + np.exp(-raw))
    return np.asarray(low + (high - low) / (1 + np.exp(-raw)))
