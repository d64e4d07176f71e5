"""Handlers of calls that join several values: concatenations and stacks."""

from typing import Any

from snnc.exchange.torch_fx.handlers.reshaping import reshaped
from snnc.exchange.torch_fx.types import Handler, Layers, MadeLayer, read
from snnc.shapes import Shape


def cat(out: Shape, tensors: Any, dim: int = 0) -> Layers:
    """Along an axis of the sample; PyTorch counts the batch too."""
    values = tuple(map(read, tensors))
    if len(values) == 1:
        return values[0]
    return (MadeLayer("Concat", {"dim": dim % (1 + len(out)) - 1}, values),)


def stack(out: Shape, tensors: Any, dim: int = 0) -> Layers:
    """Along a new axis of the sample: values with an axis of one element, joined."""
    values = tuple(map(read, tensors))
    axis = dim % (1 + len(out)) - 1
    shape = (*out[:axis], 1, *out[axis + 1 :])
    layers = [layer for value in values for layer in reshaped(value, shape)]
    ends = [layers[(at + 1) * len(layers) // len(values) - 1] for at in range(len(values))]
    return (*layers, MadeLayer("Concat", {"dim": axis}, tuple(ends)))


TABLE: dict[str, Handler] = {"cat concat concatenate": cat, "stack": stack}
