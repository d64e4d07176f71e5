"""Other shapes of the same elements, in whatever words, told by what goes in and comes out."""

from math import prod
from typing import Any

from snnc.exchange import Refused
from snnc.exchange.torch_fx.types import Handler, Layers, MadeLayer, TracedValue, read
from snnc.shapes import Shape, show


def reshape(out: Shape, input: Any, *sizes: Any, **named: Any) -> Layers:
    """A reshape of the sample. Raises Refused."""
    x = read(input)
    return x if out == x.shape else reshaped(x, out)


def reshaped(x: TracedValue, out: Shape) -> tuple[MadeLayer, ...]:
    """Layers that make a shape of a value. Raises Refused."""
    first, *more = shapes(x.shape, out)
    return (MadeLayer(first.kind, first.fields, (x,)), *more)


def shapes(before: Shape, out: Shape) -> tuple[MadeLayer, ...]:
    """Layers from one shape to another: axes are joined, split, or both. Raises Refused."""
    if prod(before) != prod(out) or not out:
        raise Refused(f"it makes {show(out)} of {show(before)}")
    start, stop = _changed(before, out)
    old, new = before[start : len(before) - stop], out[start : len(out) - stop]
    ends = {"start_dim": start, "end_dim": -1 if stop == 0 else start + len(old) - 1}
    join = MadeLayer("Flatten", ends)
    split = MadeLayer("Unflatten", {"dim": start, "unflattened_size": new})
    if len(new) == 1:
        return (join,)
    return (split,) if len(old) == 1 else (join, split)


def _changed(old: Shape, new: Shape) -> tuple[int, int]:
    """The number of unchanged axes at the front and at the back; at least one axis changes."""
    start = _common(old, new, min(len(old), len(new)) - 1)
    rest = min(len(old), len(new)) - start - 1
    stop = _common(old[::-1], new[::-1], rest)
    # a size of 1 beside the changed axes may count on either side: the products must agree
    while prod(old[start : len(old) - stop]) != prod(new[start : len(new) - stop]):
        stop -= 1
    return start, stop


def _common(one: Shape, other: Shape, limit: int) -> int:
    same = [a == b for a, b in zip(one, other, strict=False)][:limit]
    return next((i for i, equal in enumerate([*same, False]) if not equal), 0)


def same(out: Shape, input: Any, *options: Any, **named: Any) -> TracedValue:
    """A copy, another order in memory, or what only training changes."""
    return read(input)


def identity(out: Shape, input: Any) -> Layers:
    """A layer of its own, since it has a name."""
    return (MadeLayer("Identity", {}, (read(input),)),)


def depth(out: Shape, input: Any, p: Any, mode: Any = "", training: bool = True) -> Layers:
    """Stochastic depth, which drops nothing in evaluation. Raises Refused."""
    if training:
        raise Refused("it also drops in eval mode: pass `training=self.training`")
    return read(input)


TABLE: dict[str, Handler] = {
    "Flatten flatten Unflatten unflatten Tensor.view reshape squeeze unsqueeze": reshape,
    "Tensor.view_as Tensor.reshape_as": reshape,
    "Tensor.contiguous clone detach Tensor.float Tensor.to": same,
    "nn.Identity": identity,
}
BY_NAME: dict[str, Handler] = {
    "torchvision.ops.stochastic_depth.stochastic_depth": depth,
}
"""Functions of other packages, which need not be installed."""
