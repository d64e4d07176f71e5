"""The base of convolutions."""

from math import prod
from typing import ClassVar, Literal

from snnc.layer import Role, Traits
from snnc.layers._weighted import Weighted
from snnc.shapes import Shape, ShapeError, one, plural, rank
from snnc.sizes import Positive, spread, touched, windows


class Conv(Weighted):
    """A convolution over the axes after the channel; subclasses give the sizes their types."""

    stem: ClassVar[str] = "conv"
    role: ClassVar[Role] = "weights"
    axes: ClassVar[str]
    order: ClassVar[tuple[str, ...]] = (
        *("kernel_size", "stride", "padding", "dilation"),
        *("groups", "bias", "padding_mode"),
    )
    unprinted: ClassVar[frozenset[str]] = frozenset({"in_channels", "out_channels"})

    kind: str = ""
    in_channels: Positive | None = None
    out_channels: Positive
    groups: Positive = 1
    bias: bool = True
    padding_mode: Literal["zeros", "reflect", "replicate", "circular"] = "zeros"

    # kernel_size, stride, padding and dilation are fields of the subclasses
    kernel_size: int | tuple[int, ...]
    stride: int | tuple[int, ...]
    padding: int | tuple[int, ...] | Literal["same", "valid"]
    dilation: int | tuple[int, ...]

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="affine" if self.bias else "linear")

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        rank(shape, len(self.axes.split(",")), f"[{self.axes}]")
        channels, *sizes = shape
        if self.in_channels is not None:
            one(self.in_channels, channels, "in_channels", "channel")
        self._divisible(channels)
        return (self.out_channels, *self._sizes(tuple(sizes)))

    def _divisible(self, channels: int) -> None:
        for name, count in (("input", channels), ("output", self.out_channels)):
            if count % self.groups:
                message = (
                    f"{plural(count, name + ' channel')} cannot be split into {self.groups} groups"
                )
                raise ShapeError(message, "groups")

    def _sizes(self, sizes: Shape) -> Shape:
        if self.padding == "same":
            if set(spread(self.stride, len(sizes))) != {1}:
                raise ShapeError('`padding = "same"` needs a stride of 1', "padding")
            self._paddable(sizes, self._same(len(sizes)))
            return sizes
        padding = 0 if isinstance(self.padding, str) else self.padding
        self._paddable(sizes, padding)
        return windows(sizes, self.kernel_size, self.stride, padding, self.dilation)

    def corners(self, corner: Shape, *inputs: Shape) -> tuple[Shape, ...]:
        (shape,) = inputs
        channels, *sizes = shape
        before = self._before(len(sizes))
        if self.padding_mode != "zeros" and any(before):
            return inputs  # the border is made of the other end, or of what is next to it
        window = (self.kernel_size, self.stride, before, self.dilation)
        return ((channels, *touched(corner[1:], tuple(sizes), *window)),)

    def _before(self, axes: int) -> tuple[int, ...]:
        """The padding before the first element of each axis."""
        if self.padding == "same":
            reach = zip(spread(self.dilation, axes), spread(self.kernel_size, axes), strict=True)
            return tuple(d * (k - 1) // 2 for d, k in reach)
        return spread(0 if isinstance(self.padding, str) else self.padding, axes)

    def _same(self, axes: int) -> tuple[int, ...]:
        """The wider side of the padding that keeps sizes as they are."""
        reach = zip(spread(self.dilation, axes), spread(self.kernel_size, axes), strict=True)
        return tuple(-(-d * (k - 1) // 2) for d, k in reach)

    def _paddable(self, sizes: Shape, padding: int | tuple[int, ...]) -> None:
        """Check that a mirrored or repeated border is not wider than the input."""
        slack = {"reflect": 1, "circular": 0}.get(self.padding_mode)
        if slack is None:
            return
        for size, pad in zip(sizes, spread(padding, len(sizes)), strict=True):
            if pad > size - slack:
                message = f"{self.padding_mode} padding of {pad} needs an input larger than {size}"
                raise ShapeError(message, "padding")

    def leading(self, *inputs: Shape) -> tuple[object, ...]:
        return inputs[0][0], self.out_channels

    def keywords(self) -> dict[str, object]:
        # in the order of PyTorch's own signature
        values = super().keywords()
        return {key: values[key] for key in self.order if key in values}

    def parameters(self, *inputs: Shape) -> int:
        return self.out_channels * (self._fan_in(inputs[0]) + self.bias)

    def macs(self, *inputs: Shape) -> int:
        return prod(self.shape(*inputs)) * self._fan_in(inputs[0])

    def _fan_in(self, shape: Shape) -> int:
        return shape[0] // self.groups * prod(spread(self.kernel_size, len(shape) - 1))
