"""The base of pooling layers: windows over the axes after the channel."""

from typing import ClassVar, Literal

from snnc.layer import Layer, Role, Traits
from snnc.shapes import Shape, ShapeError, rank
from snnc.sizes import AXES, spread, touched, windows
from snnc.step.bounds import Bounds, hull
from snnc.window import LARGEST, Window


class Pool(Layer):
    """A layer that shrinks each channel of a sample; subclasses give the sizes their types."""

    stem: ClassVar[str] = "pool"
    inner: ClassVar[int]

    kind: str = ""

    def _sample(self, *inputs: Shape) -> tuple[int, Shape]:
        """The channels and the sizes of a sample, which must have as many axes as the layer."""
        rank(inputs[0], 1 + self.inner, f"[{AXES[self.inner]}]")
        return inputs[0][0], inputs[0][1:]


class WindowPool(Pool):
    """One number for every window; ``stride`` defaults to the size of the window."""

    # fields of the subclasses
    kernel_size: int | tuple[int, ...]
    stride: int | tuple[int, ...] | None
    padding: int | tuple[int, ...]
    ceil_mode: bool = False

    how: ClassVar[Literal["max", "avg"]]

    def dilated(self) -> int | tuple[int, ...]:
        """The step between the elements of a window."""
        return 1

    def shape(self, *inputs: Shape) -> Shape:
        channels, sizes = self._sample(*inputs)
        self._half_window()
        stride = self.kernel_size if self.stride is None else self.stride
        window = (self.kernel_size, stride, self.padding, self.dilated(), self.ceil_mode)
        return channels, *windows(sizes, *window)

    def bounds(self, *inputs: Bounds) -> Bounds:
        # a mean may count zeros of the padding
        return hull(*inputs, (0.0, 0.0)) if self.how == "avg" and self.padding else inputs[0]

    def idle(self, *inputs: Shape) -> str:
        single = self.side_by_side() and {*spread(self.kernel_size, self.inner)} == {1}
        return "its window is a single element" if single else ""

    def window(self) -> Window | None:
        if self.inner != 2 or not self.side_by_side():
            return None
        found = Window(self.how, *spread(self.kernel_size, 2))
        return found if found.size <= LARGEST else None

    def side_by_side(self) -> bool:
        """Whether windows neither overlap nor leave gaps, and all lie inside the sample."""
        kernel, rest = spread(self.kernel_size, self.inner), (self.padding, self.dilated())
        stride = kernel if self.stride is None else spread(self.stride, self.inner)
        none, dense = (spread(size, self.inner) for size in rest)
        return stride == kernel and not any(none) and {*dense} == {1} and not self.ceil_mode

    def corners(self, corner: Shape, *inputs: Shape) -> tuple[Shape, ...]:
        (shape,) = inputs
        stride = self.kernel_size if self.stride is None else self.stride
        window = (self.kernel_size, stride, self.padding, self.dilated())
        return ((shape[0], *touched(corner[1:], shape[1:], *window)),)

    def _half_window(self) -> None:
        """Check the padding: PyTorch pads a pooling window by at most half of it."""
        sizes = (spread(size, self.inner) for size in (self.padding, self.kernel_size))
        if any(2 * pad > kernel for pad, kernel in zip(*sizes, strict=True)):
            message = f"`padding` must be at most half of the window {self.kernel_size}"
            raise ShapeError(message, "padding")


class AvgPool(WindowPool):
    """The mean of every window."""

    how: ClassVar[Literal["max", "avg"]] = "avg"

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="linear")


class MaxPool(WindowPool):
    """The maximum of every window."""

    role: ClassVar[Role] = "largest"
    how: ClassVar[Literal["max", "avg"]] = "max"

    dilation: int | tuple[int, ...]

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="monotone")

    def dilated(self) -> int | tuple[int, ...]:
        return self.dilation


class AdaptivePool(Pool):
    """A grid of ``output_size`` windows that cover a sample of any size."""

    output_size: int | tuple[int, ...]

    def shape(self, *inputs: Shape) -> Shape:
        channels, _ = self._sample(*inputs)
        return channels, *spread(self.output_size, self.inner)

    def bounds(self, *inputs: Bounds) -> Bounds:
        return inputs[0]

    def idle(self, *inputs: Shape) -> str:
        return "each window is a single element" if self.shape(*inputs) == inputs[0] else ""


class AdaptiveAvgPool(AdaptivePool):
    """The mean of every window."""

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="linear")


class AdaptiveMaxPool(AdaptivePool):
    """The maximum of every window."""

    role: ClassVar[Role] = "largest"

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="monotone")
