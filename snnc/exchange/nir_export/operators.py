"""Operators as nodes of NIR, or the reason that NIR has no word for one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import nir
import numpy as np

from snnc.exchange.nir_export.batch_norms import AffineMap, affine_map
from snnc.exchange.nir_export.neurons import neuron
from snnc.exchange.states import State
from snnc.exchange.unsaid import Unsaid
from snnc.graph.types import Node
from snnc.layer import Operator
from snnc.layers._batch_norm import SequenceNorm
from snnc.layers._conv import Conv
from snnc.layers._pool import AdaptiveAvgPool, AvgPool
from snnc.layers.delay import Delay
from snnc.layers.flatten import Flatten
from snnc.layers.linear import Linear
from snnc.layers.voting import Voting
from snnc.neuron import Neuron
from snnc.number import Value
from snnc.sizes import spread


@dataclass(frozen=True)
class Context:
    """The weights, the length of a step, and the batch norms inside weights."""

    state: State
    dt: float
    folded: Mapping[str, Node]


def written(node: Node, context: Context) -> nir.NIRNode:
    """The node of NIR that computes what ``node`` does in eval mode. Raises Unsaid."""
    for kinds, write in _WRITERS:
        if isinstance(node.operator, kinds):
            return write(node, context)
    raise Unsaid(f"NIR has no {node.operator.kind}", _HELP.get(node.operator.kind, ""))


def _linear(node: Node, context: Context) -> nir.NIRNode:
    found = _weighted(node, context)
    if found.bias is None:
        return nir.Linear(found.weight)
    return nir.Affine(found.weight, found.bias)


def _conv(node: Node, context: Context) -> nir.NIRNode:
    operator: Any = node.operator
    axes, shape = len(node.shapes[0]) - 1, node.shapes[0]
    if axes > 2:
        raise Unsaid("NIR has no Conv3d")
    if operator.padding_mode != "zeros":
        raise Unsaid(f"NIR pads with zeros, not by {operator.padding_mode}")
    found = _weighted(node, context)
    bias = np.zeros(len(found.weight), found.weight.dtype) if found.bias is None else found.bias
    stride, dilation = (spread(size, axes) for size in (operator.stride, operator.dilation))
    padding = operator.padding
    padding = padding if isinstance(padding, str) else spread(padding, axes)
    if axes == 2:
        return nir.Conv2d(
            tuple(shape[1:]), found.weight, stride, padding, dilation, operator.groups, bias
        )
    padding = padding if isinstance(padding, str) else padding[0]
    return nir.Conv1d(
        shape[1], found.weight, stride[0], padding, dilation[0], operator.groups, bias
    )


def _weighted(node: Node, context: Context) -> AffineMap:
    """Weight and bias, with a batch norm behind them in them."""
    state = context.state
    found = AffineMap(state[f"{node.path}.weight"], state.get(f"{node.path}.bias"))
    norm = context.folded.get(node.path)
    return found if norm is None else found.scaled(*affine_map(norm, state))


def _norm(node: Node, context: Context) -> nir.NIRNode:
    """A batch norm that stands alone: the product with a diagonal."""
    scale, shift = affine_map(node, context.state)
    shape, weight = node.shapes[0], np.diag(scale)
    if len(shape) == 1:
        return nir.Affine(weight, shift)
    if len(shape) == 2:
        return nir.Conv1d(shape[1], weight[:, :, None], 1, 0, 1, 1, shift)
    if len(shape) == 3:
        ones, none = (1, 1), (0, 0)
        return nir.Conv2d(shape[1:], weight[:, :, None, None], ones, none, ones, 1, shift)
    raise Unsaid(f"NIR has no {node.operator.kind}")


def _pool(node: Node, context: Context) -> nir.NIRNode:
    operator: Any = node.operator
    if operator.inner != 2:
        raise Unsaid(f"NIR has no {operator.kind}, only AvgPool2d")
    if operator.ceil_mode:
        raise Unsaid("NIR's pooling has no ceil_mode")
    padding = np.array(spread(operator.padding, 2))
    if padding.any() and not operator.count_include_pad:
        raise Unsaid("NIR's pooling counts the padding: count_include_pad = true")
    kernel = np.array(spread(operator.kernel_size, 2))
    stride = kernel if operator.stride is None else np.array(spread(operator.stride, 2))
    if operator.divisor_override == 1:
        return nir.SumPool2d(kernel, stride, padding)
    if operator.divisor_override not in (None, prod(kernel.tolist())):
        raise Unsaid(f"NIR's pooling cannot divide by {operator.divisor_override}")
    return nir.AvgPool2d(kernel, stride, padding)


def _adaptive(node: Node, context: Context) -> nir.NIRNode:
    (_, *sizes), (_, *wanted) = node.shapes[0], node.shape
    if len(sizes) == 1:
        return _windows_of_one_axis(node)
    if len(sizes) != 2 or any(size % want for size, want in zip(sizes, wanted, strict=True)):
        raise Unsaid(f"NIR has no {node.operator.kind} with windows of different sizes")
    kernel = np.array([size // want for size, want in zip(sizes, wanted, strict=True)])
    return nir.AvgPool2d(kernel, kernel, np.array([0, 0]))


def _windows_of_one_axis(node: Node) -> nir.NIRNode:
    """The mean of each window of [C, L] as a convolution."""
    (channels, size), (_, wanted) = node.shapes[0], node.shape
    if size % wanted:
        raise Unsaid(f"NIR has no {node.operator.kind} with windows of different sizes")
    width = size // wanted
    weight = np.repeat(np.eye(channels)[:, :, None] / width, width, axis=2)
    return nir.Conv1d(size, weight, width, 0, 1, 1, np.zeros(channels))


def _flatten(node: Node, context: Context) -> nir.NIRNode:
    operator: Any = node.operator
    axes = len(node.shapes[0])
    start, end = operator.start_dim % axes, operator.end_dim % axes
    return nir.Flatten({"input": np.array(node.shapes[0])}, start, -1 if end == axes - 1 else end)


def _voting(node: Node, context: Context) -> nir.NIRNode:
    voters = node.operator.voters  # type: ignore[attr-defined]
    return nir.Linear(np.kron(np.eye(node.shape[0]), np.full((1, voters), 1 / voters)))


def _delay(node: Node, context: Context) -> nir.NIRNode:
    operator: Any = node.operator
    value = operator.delay
    if isinstance(value, Value) and value.constant is None:
        steps = np.asarray(context.state[f"{node.path}.delay"], np.float64)
    else:
        steps = np.asarray(value.constant if isinstance(value, Value) else value, np.float64)
    steps = np.clip(steps, 0, operator.longest)
    if (steps != np.rint(steps)).any():
        raise Unsaid(
            "NIR's Delay is read as whole time steps, and some of these are not",
            "round the delays of the weights first",
        )
    return nir.Delay(np.broadcast_to(steps * context.dt, node.shape).copy())


def _neuron(node: Node, context: Context) -> nir.NIRNode:
    return neuron(node, context.state, context.dt)


_WRITERS: tuple[tuple[type[Operator], Callable[[Node, Context], nir.NIRNode]], ...] = (
    (Neuron, _neuron),
    (Linear, _linear),
    (Conv, _conv),
    (SequenceNorm, _norm),
    (AvgPool, _pool),
    (AdaptiveAvgPool, _adaptive),
    (Flatten, _flatten),
    (Voting, _voting),
    (Delay, _delay),
)

_HELP = {
    **{f"MaxPool{n}d": "train with AvgPool, which NIR has" for n in (1, 2, 3)},
    "Concat": "a Linear of joined features is two Linears and an Add",
    "Mul": "NIR adds values and never multiplies two",
    "ReLU": "convert the ANN to a spiking network first: [convert]",
    "QCFS": "convert the ANN to a spiking network first: [convert]",
}
