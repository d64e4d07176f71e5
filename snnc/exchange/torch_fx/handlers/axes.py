"""Axes in another order, parts along an axis, and what one axis is summed up to."""

from collections.abc import Iterator
from math import prod
from typing import Any

from torch import Tensor

from snnc.exchange import Refused
from snnc.exchange.torch_fx.handlers.reshaping import shapes
from snnc.exchange.torch_fx.types import (
    Handler,
    Layers,
    MadeLayer,
    Parts,
    TracedValue,
    elementwise,
    only,
    read,
)
from snnc.shapes import Shape, show


def permute(out: Shape, input: Any, *dims: Any) -> Layers:
    """The axes of a sample in another order. Raises Refused."""
    x = read(input)
    axes = [d % (1 + len(x.shape)) for d in axes_of(dims)]
    order = [axis - 1 for axis in axes if axis > 0]
    if sorted(order) != [*range(len(x.shape))] or any(axes[: len(axes) - len(order)]):
        raise Refused("it moves the batch, where a spec describes one sample")
    return (MadeLayer("Permute", {"dims": tuple(order)}, (x,)),)


def transpose(out: Shape, input: Any, dim0: int, dim1: int) -> Layers:
    """Two axes of a sample exchanged. Raises Refused."""
    x = read(input)
    one, other = (d % (1 + len(x.shape)) - 1 for d in (dim0, dim1))
    if min(one, other) < 0:
        raise Refused("it moves the batch, where a spec describes one sample")
    order = [*range(len(x.shape))]
    order[one], order[other] = order[other], order[one]
    return (MadeLayer("Permute", {"dims": tuple(order)}, (x,)),)


def axes_of(dims: Any) -> Iterator[int]:
    """The axes of a call, which may be given one by one or as one list."""
    for dim in dims:
        yield from axes_of(dim) if isinstance(dim, tuple | list) else (dim,)


def getitem(out: Shape, input: Any, index: Any) -> Layers:
    """A part of a sample, or one of the values that a split has made. Raises Refused."""
    if isinstance(input, Parts):
        return _part(out, input, index)
    x = read(input)
    if index == 0 and out == x.shape:  # the first of several results
        return x
    parts = index if isinstance(index, tuple) else (index,)
    layers, shape = _sliced(x, (slice(None), *parts) if x.folded else parts)
    return _then(x, layers, shape, out)


def _part(out: Shape, parts: Parts, index: Any) -> Layers:
    if not isinstance(index, int):
        raise Refused("it takes several parts at once")
    start, size = parts.starts[index], parts.sizes[index]
    layer = _slice(parts.dim, start, start + size, 1, parts.whole.shape)
    shape = (*parts.whole.shape[: parts.dim], size, *parts.whole.shape[parts.dim + 1 :])
    return _then(parts.whole, [layer] if layer else [], shape, out)


def _sliced(x: TracedValue, index: tuple[Any, ...]) -> tuple[list[MadeLayer], Shape]:
    """The slices of an index, and the shape they leave; an axis of one element is dropped later."""
    real = [i for i in index if i is not None]
    if Ellipsis in real:
        at = real.index(Ellipsis)
        missing = 1 + len(x.shape) - (len(real) - 1)
        real[at : at + 1] = [slice(None)] * missing
    if not real or real[0] != slice(None):
        raise Refused("it takes some samples of the batch, where a spec describes one sample")
    layers, shape = [], x.shape
    for axis, part in enumerate(real[1:]):
        if isinstance(part, int):
            part = part % shape[axis]  # noqa: PLW2901
            part = slice(part, part + 1)  # noqa: PLW2901
        if not isinstance(part, slice) or (part.step or 1) < 1:
            raise Refused(f"its index is {part!r}, where whole numbers and slices are known")
        start, stop, step = part.indices(shape[axis])
        layer = _slice(axis, start, stop, step, shape)
        layers += [layer] if layer else []
        count = len(range(start, stop, step))
        shape = (*shape[:axis], count, *shape[axis + 1 :])
    return layers, shape


def _slice(axis: int, start: int, stop: int, step: int, shape: Shape) -> MadeLayer | None:
    """A slice along an axis, or None if that is all of it."""
    if (start, step) == (0, 1) and stop >= shape[axis]:
        return None
    end = None if stop >= shape[axis] else stop
    return MadeLayer("Slice", {"dim": axis, "start": start, "stop": end, "step": step})


def select(out: Shape, input: Any, dim: int, index: int) -> Layers:
    """One element along an axis."""
    x = read(input)
    axis = dim % (1 + len(x.shape))
    return getitem(out, x, (*[slice(None)] * axis, index))


def narrow(out: Shape, input: Any, dim: int, start: int, length: int) -> Layers:
    """Some elements along an axis."""
    x = read(input)
    axis = dim % (1 + len(x.shape))
    return getitem(out, x, (*[slice(None)] * axis, slice(start, start + length)))


def _then(x: TracedValue, layers: list[MadeLayer], shape: Shape, out: Shape) -> Layers:
    """The layers in a row, and a reshape behind them if the result has other axes."""
    row = [*layers, *(shapes(shape, out) if shape != out else ())]
    if not row:
        return x
    first = row[0]
    return (MadeLayer(first.kind, first.fields, (x,)), *row[1:])


def reduced(pool: str, scale: bool = False) -> Handler:
    """A mean, maximum or sum over axes of a sample. Raises Refused."""

    def made(
        out: Shape, input: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None
    ) -> Layers:
        x = read(input)
        only("dtype", dtype, None)
        axes = _axes(dim, x)
        if len(x.shape) > 1 and axes == [*range(1, len(x.shape))] and len(x.shape) <= 4:
            pooled = MadeLayer(f"{pool}{len(x.shape) - 1}d", {"output_size": 1}, (x,))
            layers: tuple[MadeLayer, ...] = (pooled,)
            layers += () if keepdim else (MadeLayer("Flatten"),)
        else:
            layers = _over(x, axes, pool, out)
        count = float(prod(x.shape[a] for a in axes))
        factor: tuple[object, dict[str, Tensor]] = (count, {})
        total = (elementwise("Scaled", "y = x * factor", factor=factor),) if scale else ()
        return (*layers, *total)

    return made


def _over(x: TracedValue, axes: list[int], pool: str, out: Shape) -> tuple[MadeLayer, ...]:
    """Any axes: they are put last, and made one."""
    kept = [a for a in range(len(x.shape)) if a not in axes]
    if not out:
        raise Refused(f"it makes one number of {show(x.shape)}, where a channel stays")
    order, rows = [*kept, *axes], tuple(x.shape[a] for a in kept)
    moved = order != sorted(order)
    turned = [MadeLayer("Permute", {"dims": tuple(order)})] if moved else []
    long = tuple(x.shape[a] for a in order)
    table = (prod(rows), prod(x.shape[a] for a in axes))
    joined = shapes(long, table) if long != table else ()
    after = shapes((table[0], 1), out)
    pooled = MadeLayer(f"{pool}1d", {"output_size": 1})
    row = turned + list(joined) + [pooled] + list(after)
    first, *rest = row
    return (MadeLayer(first.kind, first.fields, (x,)), *rest)


def _axes(dim: Any, x: TracedValue) -> list[int]:
    """Axes of a sample; PyTorch counts the batch too. Raises Refused."""
    dims = dim if isinstance(dim, tuple | list) else (dim,)
    if dim is None or not all(isinstance(d, int) for d in dims):
        raise Refused(f"it goes over `dim = {dim}`, the batch among them: name the other axes")
    axes = sorted(d % (1 + len(x.shape)) - 1 for d in dims)
    if axes[0] < 0:
        raise Refused(f"it goes over `dim = {dim}`, the batch among them: name the other axes")
    return axes


def roll(out: Shape, input: Any, shifts: Any, dims: Any = None) -> Layers:
    """Each axis in two parts that change places. Raises Refused."""
    x = read(input)
    steps = shifts if isinstance(shifts, tuple | list) else (shifts,)
    named = () if dims is None else axes_of((dims,))
    axes = [d % (1 + len(x.shape)) - 1 for d in named]
    if len(axes) != len(steps) or min(axes) < 0:
        raise Refused("it does not say which axes of a sample it rolls: name them by `dims`")
    layers: list[MadeLayer] = []
    for axis, shift in zip(axes, steps, strict=True):
        whole = layers[-1] if layers else x
        cut = -shift % x.shape[axis]
        if cut:
            ends = ({"start": cut}, {"stop": cut})
            parts = [MadeLayer("Slice", {"dim": axis, **end}, (whole,)) for end in ends]
            layers += [*parts, MadeLayer("Concat", {"dim": axis}, tuple(parts))]
    return tuple(layers) or x


def pixel_shuffle(out: Shape, input: Any, upscale_factor: int) -> Layers:
    """Channels of [C * r * r, H, W] as the rows and columns of [C, H * r, W * r]."""
    x, r = read(input), upscale_factor
    sizes = {"dim": 0, "unflattened_size": (out[0], r, r)}
    return (
        MadeLayer("Unflatten", sizes, (x,)),
        MadeLayer("Permute", {"dims": (0, 3, 1, 4, 2)}),
        MadeLayer("Flatten", {"start_dim": 3, "end_dim": 4}),
        MadeLayer("Flatten", {"start_dim": 1, "end_dim": 2}),
    )


TABLE: dict[str, Handler] = {
    "permute": permute,
    "transpose swapaxes": transpose,
    "operator.getitem": getitem,
    "select": select,
    "PixelShuffle pixel_shuffle": pixel_shuffle,
    "narrow": narrow,
    "roll": roll,
    "mean": reduced("AdaptiveAvgPool"),
    "sum": reduced("AdaptiveAvgPool", scale=True),
    "amax": reduced("AdaptiveMaxPool"),
}
