"""MaxPool2d."""

from typing import ClassVar, Literal

from snnc.layer import Layer, Shape, ShapeError, Traits, rank
from snnc.sizes import Padding2, Size2, spread, windows


class MaxPool2d(Layer):
    """The maximum of every window of an image [C, H, W] (torch.nn.MaxPool2d).

    On spikes it is their logical or. ``stride`` is the window's size unless stated.
    """

    stem: ClassVar[str] = "pool"
    torch: ClassVar[str] = "nn.MaxPool2d"

    kind: Literal["MaxPool2d"] = "MaxPool2d"
    kernel_size: Size2
    stride: Size2 | None = None
    padding: Padding2 = 0
    dilation: Size2 = 1
    ceil_mode: bool = False

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="monotone")

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        rank(shape, 3, "[C, H, W]")
        half_window(self.padding, self.kernel_size)
        stride = self.kernel_size if self.stride is None else self.stride
        sizes = shape[1:]
        return shape[0], *windows(
            sizes, self.kernel_size, stride, self.padding, self.dilation, self.ceil_mode
        )


def half_window(padding: int | tuple[int, ...], kernel: int | tuple[int, ...]) -> None:
    """PyTorch pads a pooling window by half of it at most."""
    pairs = zip(spread(padding, 2), spread(kernel, 2), strict=True)
    if any(2 * p > k for p, k in pairs):
        raise ShapeError(f"`padding` must be at most half of the window {kernel}", "padding")
