"""The same numbers in every layout: axes in any order, strides of axes of size 1 and of none."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

UNUSED = (1, 7)
"""Strides that an axis of size 1 may have: nothing lies there."""


def layouts(x: Tensor, channels: int = 1) -> Iterator[Tensor]:
    """x with its axes as they are, channels innermost, or reversed, and with unused strides."""
    rank = x.dim()
    orders = ([*range(rank)], inmost_order(rank, channels), [*reversed(range(rank))])
    found = [strided(x, order, unused) for order in orders for unused in (None, *UNUSED)]
    yield from {y.stride(): y for y in found}.values()


def canonical(x: Tensor) -> Tensor:
    """x as a new tensor has it."""
    return strided(x, range(x.dim()))


def inmost(x: Tensor, channels: int = 1) -> Tensor:
    """x with its channels innermost."""
    return strided(x, inmost_order(x.dim(), channels))


def inmost_order(rank: int, channels: int = 1) -> list[int]:
    axes = range(rank)
    return [*axes[:channels], *axes[channels + 1 :], *axes[channels : channels + 1]]


def strided(x: Tensor, order: Sequence[int], unused: int | None = None) -> Tensor:
    """x with its axes in that order in memory, outermost first."""
    stride, count = [0] * x.dim(), 1
    for axis in reversed(order):
        stride[axis] = count if unused is None or x.shape[axis] > 1 else unused
        count *= x.shape[axis]
    return torch.empty_strided(x.shape, stride, dtype=x.dtype).copy_(x)


def repeated(x: Tensor) -> Iterator[Tensor]:
    """Numbers of x along all but one axis, and one number everywhere: strides of 0."""
    axes = (axis for axis in range(x.dim()) if x.shape[axis] > 1)
    yield from (x.narrow(axis, 0, 1).expand_as(x) for axis in axes)
    yield x.flatten()[0].expand_as(x)
