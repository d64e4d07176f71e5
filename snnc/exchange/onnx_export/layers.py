"""Layers without a state as nodes of ONNX, on values [N, ...]: N is a batch, or T times one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snnc.exchange.onnx_export.activations import ACTIVATIONS
from snnc.exchange.onnx_export.builder import Builder, array
from snnc.exchange.onnx_export.norms import NORMS
from snnc.exchange.onnx_export.pooling import POOLS
from snnc.exchange.unsaid import Unsaid
from snnc.graph.types import Node
from snnc.layer import Operator
from snnc.layers._conv import Conv
from snnc.sizes import spread

Write = Callable[[Builder, Node, Sequence[str], Any], str]
"""Appends a layer: the node of the network, its inputs, and the module that holds its weights."""

_PAD = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def layer(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    """The value of a layer of eval mode. Raises Unsaid."""
    operator = node.operator
    write = _KINDS.get(operator.kind)
    if write is None:
        write = next((w for kinds, w in _CLASSES if isinstance(operator, kinds)), None)
    if write is None:
        raise Unsaid(f"{operator.kind} has no ONNX form yet")
    return write(b, node, inputs, module)


def _linear(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    weights = [b.weight(array(module.weight), f"{node.path}.weight")]
    if module.bias is not None:
        weights.append(b.weight(array(module.bias), f"{node.path}.bias"))
    return b.op("Gemm", *inputs, *weights, name=node.path, transB=1)


def _conv(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    return _convolution(b, node, inputs, array(module.weight), module)


def _standardised(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    operator: Any = node.operator
    weight = array(module.weight)
    rows = weight.reshape(len(weight), -1)
    rows = rows - rows.mean(1, keepdims=True)
    rows = rows / np.sqrt(np.square(rows).mean(1, keepdims=True) + operator.eps)
    gain = array(module.gain) if operator.gain else 1
    return _convolution(b, node, inputs, rows.reshape(weight.shape) * gain, module)


def _convolution(
    b: Builder, node: Node, inputs: Sequence[str], weight: NDArray[Any], module: Any
) -> str:
    operator: Any = node.operator
    axes = len(node.shapes[0]) - 1
    (x,) = inputs
    pads = _pads(operator, axes)
    if operator.padding_mode != "zeros" and any(pads):
        whole = b.whole(0, 0, *pads[:axes], 0, 0, *pads[axes:])
        x, pads = b.op("Pad", x, whole, mode=_PAD[operator.padding_mode]), [0] * 2 * axes
    weights = [b.weight(weight, f"{node.path}.weight")]
    if module.bias is not None:
        weights.append(b.weight(array(module.bias), f"{node.path}.bias"))
    return b.op("Conv", x, *weights, name=node.path, **_window(operator, axes), pads=pads)


def _transposed(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    operator: Any = node.operator
    weights = [b.weight(array(module.weight), f"{node.path}.weight")]
    if module.bias is not None:
        weights.append(b.weight(array(module.bias), f"{node.path}.bias"))
    window = {**_window(operator, 2), "pads": [*spread(operator.padding, 2)] * 2}
    extra = [*spread(operator.output_padding, 2)]
    return b.op("ConvTranspose", *inputs, *weights, name=node.path, **window, output_padding=extra)


def _window(operator: Any, axes: int) -> dict[str, Any]:
    return {
        "kernel_shape": [*spread(operator.kernel_size, axes)],
        "strides": [*spread(operator.stride, axes)],
        "dilations": [*spread(operator.dilation, axes)],
        "group": operator.groups,
    }


def _pads(operator: Any, axes: int) -> list[int]:
    """The padding before and behind each axis, as PyTorch pads."""
    if operator.padding == "valid":
        return [0] * 2 * axes
    if operator.padding == "same":
        sizes = zip(
            spread(operator.dilation, axes), spread(operator.kernel_size, axes), strict=True
        )
        whole = [d * (k - 1) for d, k in sizes]
        return [*(w // 2 for w in whole), *(w - w // 2 for w in whole)]
    return [*spread(operator.padding, axes)] * 2


def _joined(kind: str) -> Write:
    def write(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
        found = inputs[0]
        for other in inputs[1:]:
            found = b.op(kind, found, other, name=node.path)
        return found

    return write


def _concat(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    dim = node.operator.dim  # type: ignore[attr-defined]
    axis = dim % len(node.shape) + 1
    return b.op("Concat", *inputs, name=node.path, axis=axis)


def _reshaped(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    return b.op("Reshape", inputs[0], b.whole(-1, *node.shape), name=node.path)


def _permuted(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    operator: Any = node.operator
    perm = [0, *(dim % len(operator.dims) + 1 for dim in operator.dims)]
    return b.op("Transpose", inputs[0], name=node.path, perm=perm)


def _sliced(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    operator: Any = node.operator
    axis = operator.dim % len(node.shape)
    start, stop, step = slice(operator.start, operator.stop, operator.step).indices(
        node.shapes[0][axis]
    )
    bounds = (b.whole(start), b.whole(stop), b.whole(axis + 1), b.whole(step))
    return b.op("Slice", inputs[0], *bounds, name=node.path)


def _padded(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    operator: Any = node.operator
    axes, sides = len(node.shape) - 1, operator.padding
    sides = sides if isinstance(sides, tuple) else (sides,) * (2 * axes)
    before, after = sides[::2][::-1], sides[1::2][::-1]
    whole = b.whole(0, 0, *before, 0, 0, *after)
    if operator.mode == "constant":
        return b.op("Pad", inputs[0], whole, b.weight(operator.value), name=node.path)
    return b.op("Pad", inputs[0], whole, name=node.path, mode=_PAD[operator.mode])


def _voting(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    voters = node.operator.voters  # type: ignore[attr-defined]
    groups = b.op("Reshape", inputs[0], b.whole(-1, node.shape[0], voters))
    return b.op("ReduceMean", groups, b.whole(2), name=node.path, keepdims=0)


def _attention(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    operator: Any = node.operator
    heads, channels = operator.heads, node.shapes[0][0]
    split = [
        b.op("Reshape", x, b.whole(-1, heads, shape[0] // heads, shape[1]))
        for x, shape in zip(inputs, node.shapes, strict=True)
    ]
    q, k, v = split
    scale = operator.scale or (channels // heads) ** -0.5
    turned = b.op("Transpose", q, perm=[0, 1, 3, 2])
    weights = b.op("Mul", b.op("MatMul", turned, k), b.weight(scale))
    weights = b.op("Softmax", weights, axis=3) if operator.softmax else weights
    mixed = b.op("MatMul", v, b.op("Transpose", weights, perm=[0, 1, 3, 2]))
    return b.op("Reshape", mixed, b.whole(-1, *node.shape), name=node.path)


_KINDS: Mapping[str, Write] = {
    "Linear": _linear,
    "ConvTranspose2d": _transposed,
    "WSConv2d": _standardised,
    "Add": _joined("Add"),
    "Mul": _joined("Mul"),
    "Concat": _concat,
    "Flatten": _reshaped,
    "Unflatten": _reshaped,
    "Permute": _permuted,
    "Slice": _sliced,
    "Pad": _padded,
    "MatMul": _joined("MatMul"),
    "Voting": _voting,
    "Attention": _attention,
    **ACTIVATIONS,
    **NORMS,
    **POOLS,
}
_CLASSES: tuple[tuple[type[Operator], Write], ...] = ((Conv, _conv),)
