"""AvgPool2d."""

from typing import ClassVar, Literal

from snnc.layer import Layer, Shape, Traits, rank
from snnc.layers.max_pool2d import half_window
from snnc.sizes import Padding2, Positive, Size2, windows


class AvgPool2d(Layer):
    """The mean of every window of an image [C, H, W] (torch.nn.AvgPool2d)."""

    stem: ClassVar[str] = "pool"
    torch: ClassVar[str] = "nn.AvgPool2d"

    kind: Literal["AvgPool2d"] = "AvgPool2d"
    kernel_size: Size2
    stride: Size2 | None = None
    padding: Padding2 = 0
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: Positive | None = None

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="linear")

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        rank(shape, 3, "[C, H, W]")
        half_window(self.padding, self.kernel_size)
        stride = self.kernel_size if self.stride is None else self.stride
        sizes = shape[1:]
        return shape[0], *windows(
            sizes, self.kernel_size, stride, self.padding, ceil=self.ceil_mode
        )
