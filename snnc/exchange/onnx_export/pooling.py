"""Poolings as nodes of ONNX."""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from snnc.exchange.onnx_export.builder import Builder
from snnc.exchange.unsaid import Unsaid
from snnc.graph.types import Node
from snnc.sizes import spread

Write = Callable[[Builder, Node, Sequence[str], Any], str]


def _window(operator: Any) -> dict[str, Any]:
    axes = operator.inner
    kernel = [*spread(operator.kernel_size, axes)]
    return {
        "kernel_shape": kernel,
        "strides": kernel if operator.stride is None else [*spread(operator.stride, axes)],
        "pads": [*spread(operator.padding, axes)] * 2,
        "ceil_mode": int(operator.ceil_mode),
    }


def _max(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    operator: Any = node.operator
    dilations = [*spread(operator.dilation, operator.inner)]
    window = {**_window(operator), "dilations": dilations}
    return b.op("MaxPool", *inputs, name=node.path, **window)


def _avg(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    operator: Any = node.operator
    divisor = getattr(operator, "divisor_override", None)
    counts = int(operator.count_include_pad or divisor is not None)
    if divisor is not None and operator.ceil_mode:
        raise Unsaid("a divisor_override with ceil_mode has no ONNX form")
    found = b.op(
        "AveragePool", *inputs, name=node.path, **_window(operator), count_include_pad=counts
    )
    if divisor is None:
        return found
    size = prod(spread(operator.kernel_size, operator.inner))
    return b.op("Mul", found, b.weight(size / divisor), name=node.path)


def _adaptive_avg(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    (_, *sizes), (_, *wanted) = node.shapes[0], node.shape
    if {*wanted} == {1}:
        return b.op("GlobalAveragePool", *inputs, name=node.path)
    if not _even(sizes, wanted):
        return _by_matrices(b, node, inputs[0])
    kernel = [size // want for size, want in zip(sizes, wanted, strict=True)]
    return b.op("AveragePool", *inputs, name=node.path, kernel_shape=kernel, strides=kernel)


def _adaptive_max(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    (_, *sizes), (_, *wanted) = node.shapes[0], node.shape
    if not _even(sizes, wanted):
        raise Unsaid(f"{node.operator.kind} with windows of different sizes has no ONNX form")
    kernel = [size // want for size, want in zip(sizes, wanted, strict=True)]
    return b.op("MaxPool", *inputs, name=node.path, kernel_shape=kernel, strides=kernel)


def _even(sizes: Sequence[int], wanted: Sequence[int]) -> bool:
    return not any(size % want for size, want in zip(sizes, wanted, strict=True))


def _by_matrices(b: Builder, node: Node, x: str) -> str:
    """Means of overlapping windows: a product with a matrix along each axis."""
    (_, *sizes), (_, *wanted) = node.shapes[0], node.shape
    if len(sizes) > 2:
        raise Unsaid(f"{node.operator.kind} with windows of different sizes has no ONNX form")
    found = b.op("MatMul", x, b.weight(_means(sizes[-1], wanted[-1]).T), name=node.path)
    if len(sizes) == 2:
        found = b.op("MatMul", b.weight(_means(sizes[0], wanted[0])), found, name=node.path)
    return found


def _means(size: int, wanted: int) -> NDArray[np.float64]:
    """The matrix [wanted, size] of the windows that PyTorch takes."""
    matrix = np.zeros((wanted, size))
    for at in range(wanted):
        begin, end = at * size // wanted, -(-(at + 1) * size // wanted)
        matrix[at, begin:end] = 1 / (end - begin)
    return matrix


def _upsampled(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    operator: Any = node.operator
    axes = len(node.shape) - 1
    if operator.mode in ("bicubic", "nearest-exact"):
        raise Unsaid(f"Upsample of mode {operator.mode} has no ONNX form yet")
    factors = np.ones(2 + axes)
    if operator.scale_factor is not None:
        factors[2:] = spread(operator.scale_factor, axes)
    else:
        factors[2:] = [b / a for a, b in zip(node.shapes[0][1:], node.shape[1:], strict=True)]
    how: dict[str, Any] = {"mode": "linear"}
    if operator.mode == "nearest":
        how = {"mode": "nearest", "nearest_mode": "floor"}
    where = "align_corners" if operator.align_corners else "pytorch_half_pixel"
    where = "asymmetric" if operator.mode == "nearest" else where
    return b.op(
        "Resize", inputs[0], "", b.weight(factors.astype(np.float32)),
        name=node.path, coordinate_transformation_mode=where, **how,
    )  # fmt: skip


def _unfolded(b: Builder, node: Node, inputs: Sequence[str], module: Any) -> str:
    """Windows as columns: rows are gathered by their place in a window, then columns."""
    operator: Any = node.operator
    (x,) = inputs
    pads = [*spread(operator.padding, 2)]
    if any(pads):
        x = b.op("Pad", x, b.whole(0, 0, *pads, 0, 0, *pads))
    for at, axis in enumerate((2, 4)):
        x = b.op("Gather", x, b.weight(_places(node, at), "sizes"), axis=axis)
    x = b.op("Transpose", x, perm=[0, 1, 2, 4, 3, 5])
    return b.op("Reshape", x, b.whole(-1, *node.shape), name=node.path)


def _places(node: Node, at: int) -> NDArray[np.int64]:
    """The elements [kernel, windows] of windows along an axis."""
    operator: Any = node.operator
    given = (operator.kernel_size, operator.stride, operator.padding, operator.dilation)
    kernel, stride, padding, dilation = (spread(size, 2)[at] for size in given)
    last = node.shapes[0][1 + at] + 2 * padding - dilation * (kernel - 1)
    return np.arange(kernel)[:, None] * dilation + np.arange(0, last, stride)


POOLS: Mapping[str, Write] = {
    **{f"MaxPool{axes}d": _max for axes in (1, 2, 3)},
    **{f"AvgPool{axes}d": _avg for axes in (1, 2, 3)},
    **{f"AdaptiveAvgPool{axes}d": _adaptive_avg for axes in (1, 2, 3)},
    **{f"AdaptiveMaxPool{axes}d": _adaptive_max for axes in (1, 2, 3)},
    "Upsample": _upsampled,
    "Unfold": _unfolded,
}
