"""Sizes of windows: one number for every axis, or one an axis; and the arithmetic of windows."""

from math import prod
from typing import Annotated

from pydantic import Field

from snnc.layer import Operator
from snnc.shapes import Shape, ShapeError, show

MOST = 2**31 - 1
"""Of anything that is counted, and of the elements of a value for one sample and step."""
_UNREADABLE = 10**18
Positive = Annotated[int, Field(ge=1, le=MOST)]
Steps = Annotated[int, Field(ge=1, le=1_000_000)]
"""Of time, in one call; longer sequences are streamed."""
Natural = Annotated[int, Field(ge=0, le=MOST)]
Size1 = Positive | tuple[Positive]
Size2 = Positive | tuple[Positive, Positive]
Size3 = Positive | tuple[Positive, Positive, Positive]
Padding1 = Natural | tuple[Natural]
Padding2 = Natural | tuple[Natural, Natural]
Padding3 = Natural | tuple[Natural, Natural, Natural]
AXES = {1: "C, L", 2: "C, H, W", 3: "C, D, H, W"}
"""The axes of a sample by the number of those after the channel."""


def affordable(operator: Operator, output: Shape, *inputs: Shape) -> None:
    """Refuses what no machine could hold. Raises ShapeError.

    Limits are of one sample at one step: ``MOST`` elements of a value, of a layer's parameters, and
    of what it remembers of earlier steps.
    """
    for shape in (*inputs, output):
        _few(prod(shape), f"{show(shape)} has", "elements")
    _few(operator.parameters(*inputs), "the layer would learn", "parameters")
    remembered = operator.remembers * sum(map(prod, inputs))
    _few(remembered, f"{operator.remembers} steps of {show(inputs[0])} have", "elements")


def _few(count: int, what: str, of: str) -> None:
    if count > MOST:
        said = f"{count:,}" if count < _UNREADABLE else "far too many"
        raise ShapeError(f"{what} {said} {of}: {MOST:,} are the most")


def spread(size: int | tuple[int, ...], axes: int) -> tuple[int, ...]:
    """One number for every axis."""
    return (size,) * axes if isinstance(size, int) else size


def windows(
    sizes: Shape,
    kernel: int | tuple[int, ...],
    stride: int | tuple[int, ...],
    padding: int | tuple[int, ...],
    dilation: int | tuple[int, ...] = 1,
    ceil: bool = False,
) -> Shape:
    """The number of windows along each axis, by PyTorch's formula. Raises ShapeError."""
    axes = len(sizes)
    per_axis = zip(
        sizes, *(spread(s, axes) for s in (kernel, stride, padding, dilation)), strict=True
    )
    counts = tuple(_count(n, k, s, p, d, ceil) for n, k, s, p, d in per_axis)
    if min(counts) < 1:
        raise ShapeError(f"a window of {kernel} does not fit into {show(sizes)}", "kernel_size")
    return counts


def touched(
    counts: Shape,
    sizes: Shape,
    kernel: int | tuple[int, ...],
    stride: int | tuple[int, ...],
    padding: int | tuple[int, ...],
    dilation: int | tuple[int, ...] = 1,
) -> Shape:
    """The part of each axis that the first ``counts`` windows read, at least 1.

    It is the whole axis if the windows go beyond its end, because padding stays at the original
    border. ``padding`` is that before the first element.
    """
    axes = len(sizes)
    per_axis = zip(
        counts, sizes, *(spread(s, axes) for s in (kernel, stride, padding, dilation)), strict=True
    )
    return tuple(
        max(1, min(n, (count - 1) * s - p + d * (k - 1) + 1)) for count, n, k, s, p, d in per_axis
    )


def _count(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil: bool) -> int:
    reach = size + 2 * padding - dilation * (kernel - 1) - 1
    count = (reach + (stride - 1 if ceil else 0)) // stride + 1
    # the last window must start inside the input or its left padding
    return count - 1 if ceil and (count - 1) * stride >= size + padding else count
