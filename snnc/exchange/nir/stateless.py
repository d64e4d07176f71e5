"""Primitives without a state as layers: their kind, fields and weights."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from snnc.choice import Choice
from snnc.exchange.nir.reading import FileNode
from snnc.shapes import Shape, ShapeError, show

LARGEST = 2**31
"""Elements of one sample."""


@dataclass(frozen=True)
class Piece:
    """A node as a layer: its kind and fields, and tensors by their key in it."""

    kind: str
    fields: Mapping[str, object] = field(default_factory=dict)
    weights: Mapping[str, NDArray[Any]] = field(default_factory=dict)


def piece(node: FileNode, shape: Shape) -> Piece:
    """The layer of a node that is no neuron, for samples of a shape. Raises ShapeError."""
    return _PIECES[node.kind](node, shape)


def shape(node: FileNode, reads: Shape) -> Shape:
    """The shape of one sample behind a node. Raises ShapeError if what it reads does not fit."""
    if not all(size > 0 for size in reads) or prod(reads) > LARGEST:
        raise ShapeError(f"{show(reads)} is no shape of a sample")
    if node.kind not in _SHAPED:
        return reads
    made = piece(node, reads)
    for key, tensor in made.weights.items():
        if not tensor.size:
            raise ShapeError(f"its {key} has no elements")
    try:
        kind: Any = Choice("snnc.layers").kinds()[made.kind]
        layer = kind(**made.fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise ShapeError(
            f"{'.'.join(map(str, first['loc'][:1]))}: {first['msg'].lower()}"
        ) from None
    found: Shape = layer.shape(reads)
    return found


def counts_batch(node: FileNode, reads: Shape) -> bool:
    """Whether a Flatten counts a batch axis: its `input_type` has one axis more than a sample."""
    return node.kind == "Flatten" and np.size(node.fields.get("input_type", ())) == len(reads) + 1


def _linear(node: FileNode, reads: Shape) -> Piece:
    weight = _numbers(node, "weight")
    rows = int(weight.shape[0])
    fields: dict[str, object] = {"out_features": rows}
    if node.kind == "Linear":
        return Piece("Linear", {**fields, "bias": False}, {"weight": weight})
    return Piece("Linear", fields, {"weight": weight, "bias": _bias(node, rows)})


def _conv(node: FileNode, reads: Shape) -> Piece:
    weight, axes = _numbers(node, "weight"), int(node.kind[-2])
    if weight.ndim != axes + 2:
        raise ShapeError(f"its weight has {weight.ndim} axes, expected {axes + 2}")
    rows, columns, *kernel = (int(size) for size in weight.shape)
    fields = {"out_channels": rows, "kernel_size": _one(kernel), **_window(node, axes)}
    groups = _whole(node, "groups")
    if reads[0] != columns * groups:
        raise ShapeError(
            f"its weight is for {columns * groups} channels, but it reads {show(reads)}"
        )
    stated = tuple(_sizes(node, "input_shape"))
    if stated and stated[-axes:] != reads[1:]:
        raise ShapeError(f"its input_shape is {show(stated)}, but it reads {show(reads)}")
    fields |= {"groups": groups} if groups != 1 else {}
    return Piece(node.kind, fields, {"weight": weight, "bias": _bias(node, rows)})


def _window(node: FileNode, axes: int) -> dict[str, object]:
    """Stride, padding and dilation, as far as they are not PyTorch's defaults."""
    padding = node.fields["padding"]
    stated: dict[str, object] = {
        "stride": _spread(node, "stride", axes),
        "padding": padding if isinstance(padding, str) else _spread(node, "padding", axes),
        "dilation": _spread(node, "dilation", axes),
    }
    usual = {"stride": 1, "padding": 0, "dilation": 1}
    return {key: value for key, value in stated.items() if value != usual[key]}


def _pool(node: FileNode, reads: Shape) -> Piece:
    kernel, stride, padding = (
        _spread(node, key, 2) for key in ("kernel_size", "stride", "padding")
    )
    fields: dict[str, object] = {"kernel_size": kernel}
    fields |= {"stride": stride} if stride != kernel else {}
    fields |= {"padding": padding} if padding != 0 else {}
    fields |= {"divisor_override": 1} if node.kind == "SumPool2d" else {}
    return Piece("AvgPool2d", fields)


def _flatten(node: FileNode, reads: Shape) -> Piece:
    start, end = _whole(node, "start_dim"), _whole(node, "end_dim")
    if counts_batch(node, reads):
        start, end = start - (start > 0), end - (end > 0)
    stated = {"start_dim": (start, 0), "end_dim": (end, -1)}
    return Piece("Flatten", {k: value for k, (value, usual) in stated.items() if value != usual})


def _sizes(node: FileNode, key: str) -> Iterator[int]:
    value = node.fields.get(key, ())
    if isinstance(value, str):
        raise ShapeError(f"its {key} is {value}, expected whole numbers")
    for number in np.ravel(value):
        if number != int(number):
            raise ShapeError(f"its {key} is {number}, expected a whole number")
        yield int(number)


def _whole(node: FileNode, key: str) -> int:
    numbers = [*_sizes(node, key)]
    if len(numbers) != 1:
        raise ShapeError(f"its {key} is {numbers}, expected one number")
    return numbers[0]


def _spread(node: FileNode, key: str, axes: int) -> object:
    numbers = [*_sizes(node, key)]
    if len(numbers) not in (1, axes):
        raise ShapeError(f"its {key} is {numbers}, expected {axes} numbers")
    return _one(numbers)


def _one(numbers: list[int]) -> object:
    return numbers[0] if len({*numbers}) == 1 else tuple(numbers)


def _numbers(node: FileNode, key: str) -> NDArray[Any]:
    return np.asarray(node.fields[key])


def _bias(node: FileNode, rows: int) -> NDArray[Any]:
    bias = _numbers(node, "bias")
    if bias.shape != (rows,):
        raise ShapeError(f"its bias is {show(bias.shape)}, expected [{rows}]")
    return bias


_PIECES: Mapping[str, Callable[[FileNode, Shape], Piece]] = {
    **dict.fromkeys(("Affine", "Linear"), _linear),
    **dict.fromkeys(("Conv1d", "Conv2d"), _conv),
    **dict.fromkeys(("SumPool2d", "AvgPool2d"), _pool),
    "Flatten": _flatten,
}
_SHAPED = frozenset(_PIECES)
