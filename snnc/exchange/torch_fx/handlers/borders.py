"""Borders around a map, maps of another size, and the windows of one as columns."""

from typing import Any

from snnc.exchange import Refused
from snnc.exchange.torch_fx.types import Handler, Layers, MadeLayer, TracedValue, one, only, read
from snnc.shapes import Shape


def pad(out: Shape, input: Any, pad: Any, mode: str = "constant", value: Any = None) -> Layers:
    """A border, the last axis first, in any mode. Raises Refused."""
    x, sides = read(input), tuple(pad)
    rank = len(x.shape)
    if not any(sides):
        return x
    wide = (*sides, *[0] * (2 * rank - len(sides)))
    pairs = [*zip(wide[::2], wide[1::2], strict=True)][::-1]
    free = [axis for axis, pair in enumerate(pairs) if not any(pair)]
    if min(sides) < 0 or len(sides) > 2 * rank or not 2 <= rank <= 4 or not free:
        raise Refused(f"it pads by {list(sides)}, where a spec widens one to three axes but one")
    if free[0] == 0:
        return (_border(pairs, mode, value, x),)
    order = (free[0], *(axis for axis in range(rank) if axis != free[0]))
    first = MadeLayer("Permute", {"dims": order}, (x,))
    back = tuple(order.index(axis) for axis in range(rank))
    border = _border([pairs[axis] for axis in order], mode, value, first)
    return (first, border, MadeLayer("Permute", {"dims": back}, (border,)))


def module(mode: str) -> Handler:
    """A padding module, whose `padding` is that of F.pad."""

    def made(out: Shape, input: Any, padding: Any, value: float = 0.0) -> Layers:
        return pad(out, input, padding, mode, value)

    return made


def _border(
    pairs: list[tuple[int, int]], mode: str, value: Any, x: TracedValue | MadeLayer
) -> MadeLayer:
    """A border of these widths before and after each axis, of which the first has none."""
    sides = tuple(width for pair in pairs[:0:-1] for width in pair)
    width = sides[0] if len({*sides}) == 1 else sides
    fields: dict[str, object] = {"padding": width, "mode": mode}
    fields |= {"value": float(value)} if value and mode == "constant" else {}
    return MadeLayer("Pad", fields, (x,))


def interpolate(
    out: Shape,
    input: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Layers:
    """A map of another size."""
    x = read(input)
    only("antialias", antialias, False)
    fields: dict[str, object] = {"mode": mode}
    fields |= {"align_corners": align_corners} if align_corners is not None else {}
    if scale_factor is None or recompute_scale_factor:
        return (MadeLayer("Upsample", {"size": out[1:], **fields}, (x,)),)
    factors = tuple(scale_factor) if isinstance(scale_factor, tuple | list) else (scale_factor,)
    factor = float(factors[0]) if len({*factors}) == 1 else tuple(map(float, factors))
    return (MadeLayer("Upsample", {"scale_factor": factor, **fields}, (x,)),)


def unfold(
    out: Shape, input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Layers:
    """Windows as columns."""
    sizes = {"kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride}
    return (MadeLayer("Unfold", {key: one(size) for key, size in sizes.items()}, (read(input),)),)


TABLE: dict[str, Handler] = {
    "F.pad": pad,
    "ZeroPad1d ZeroPad2d ZeroPad3d": module("constant"),
    "ConstantPad1d ConstantPad2d ConstantPad3d": module("constant"),
    "ReflectionPad1d ReflectionPad2d ReflectionPad3d": module("reflect"),
    "ReplicationPad1d ReplicationPad2d ReplicationPad3d": module("replicate"),
    "CircularPad1d CircularPad2d CircularPad3d": module("circular"),
    "nn.Unfold F.unfold": unfold,
    "interpolate Upsample UpsamplingNearest2d UpsamplingBilinear2d": interpolate,
}
