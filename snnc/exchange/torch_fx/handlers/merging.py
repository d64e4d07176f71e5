"""Handlers of calls that join several values: concatenations and stacks."""

from typing import Any

import torch
from torch import Tensor, nn

from snnc.exchange import Refused
from snnc.exchange.libraries.types import number
from snnc.exchange.torch_fx.handlers.arithmetic import alike_of_samples
from snnc.exchange.torch_fx.handlers.reshaping import reshaped
from snnc.exchange.torch_fx.types import (
    Handler,
    Layers,
    MadeLayer,
    TracedValue,
    elementwise,
    read,
)
from snnc.shapes import Shape


def cat(out: Shape, tensors: Any, dim: int = 0) -> Layers:
    """Along an axis of the sample; PyTorch counts the batch too."""
    axis = dim % (1 + len(out)) - 1
    if any(isinstance(given, Tensor) for given in tensors):
        return _beside_constants(out, tensors, axis)
    values = tuple(map(read, tensors))
    return values[0] if len(values) == 1 else (MadeLayer("Concat", {"dim": axis}, values),)


def _beside_constants(out: Shape, tensors: Any, axis: int) -> Layers:
    """A value beside constants, such as a class token: a border of zeros, and they are added."""
    values = [given for given in tensors if isinstance(given, TracedValue)]
    if len(values) != 1 or not 2 <= len(out) <= 4 or axis < 0:
        raise Refused("it joins several values with a constant, or too few axes")
    (x,) = values
    whole, at, start = torch.zeros(out), 0, 0
    for given in tensors:
        if isinstance(given, TracedValue):
            start, size = at, given.shape[axis]
        else:
            part = alike_of_samples(given.detach(), len(out))
            size = part.shape[axis]
            whole.narrow(axis, at, size).copy_(part)
        at += size
    learned = any(isinstance(t, Tensor) and t.requires_grad for t in tensors)
    shift = nn.Parameter(whole) if learned else whole
    border = _padded(x, axis, start, out[axis] - start - x.shape[axis])
    return (*border, elementwise("Shifted", "y = x + shift", shift=number(shift, out, "shift")))


def _padded(x: TracedValue, axis: int, before: int, after: int) -> tuple[MadeLayer, ...]:
    """Zeros before and after a value along an axis; a border is behind the first axis only."""
    rank = len(x.shape)
    last = rank - 1 if axis == 0 else axis
    sides = [0] * (2 * (rank - 1))
    place = 2 * (rank - 1 - last)
    sides[place : place + 2] = [before, after]
    border = MadeLayer("Pad", {"padding": tuple(sides)})
    if axis:
        return (MadeLayer(border.kind, border.fields, (x,)),)
    turned = MadeLayer("Permute", {"dims": (*range(1, rank), 0)}, (x,))
    return (turned, border, MadeLayer("Permute", {"dims": (rank - 1, *range(rank - 1))}))


def stack(out: Shape, tensors: Any, dim: int = 0) -> Layers:
    """Along a new axis of the sample: values with an axis of one element, joined."""
    values = tuple(map(read, tensors))
    axis = dim % (1 + len(out)) - 1
    shape = (*out[:axis], 1, *out[axis + 1 :])
    layers = [layer for value in values for layer in reshaped(value, shape)]
    ends = [layers[(at + 1) * len(layers) // len(values) - 1] for at in range(len(values))]
    return (*layers, MadeLayer("Concat", {"dim": axis}, tuple(ends)))


TABLE: dict[str, Handler] = {"cat concat concatenate": cat, "stack": stack}
