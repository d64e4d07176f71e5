"""Other shapes of the same elements, in whatever words, told by what goes in and comes out."""

from math import prod
from typing import Any

from snnc.exchange import Refused
from snnc.exchange.torch_fx.types import Layers, MadeLayer, TracedValue, read
from snnc.shapes import Shape, show


def reshape(out: Shape, input: Any, *sizes: Any, **named: Any) -> Layers:
    """A reshape that joins axes of the sample, or splits one of them. Raises Refused."""
    x = read(input)
    if out == x.shape:
        return x
    start, stop = _changed(x.shape, out)
    before, after = x.shape[start : len(x.shape) - stop], out[start : len(out) - stop]
    if len(after) == 1:
        ends = {"start_dim": start, "end_dim": -1 if stop == 0 else start + len(before) - 1}
        return (MadeLayer("Flatten", ends, (x,)),)
    if len(before) == 1:
        return (MadeLayer("Unflatten", {"dim": start, "unflattened_size": after}, (x,)),)
    raise Refused(f"it makes {show(out)} of {show(x.shape)}, where a spec only joins axes")


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
    """A copy, or another order in memory."""
    return read(input)


def identity(out: Shape, input: Any) -> Layers:
    """A layer of its own, since it has a name."""
    return (MadeLayer("Identity", {}, (read(input),)),)


TABLE = {
    "Flatten flatten Unflatten unflatten Tensor.view reshape squeeze unsqueeze": reshape,
    "Tensor.contiguous clone": same,
    "nn.Identity": identity,
}
