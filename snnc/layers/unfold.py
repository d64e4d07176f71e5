"""Unfold."""

from math import prod
from typing import ClassVar, Literal

from snnc.layer import Layer, Traits
from snnc.shapes import Shape, rank
from snnc.sizes import AXES, Padding2, Size2, spread, windows


class Unfold(Layer):
    """The windows of an image [C, H, W] as columns [C * kernel, windows] (torch.nn.Unfold).

    A window lies row by row in its column, one channel after another. ``padding`` is of zeros.
    """

    example: ClassVar[str] = '{ kind = "Unfold", kernel_size = 2, stride = 2 }'
    stem: ClassVar[str] = "unfold"
    torch: ClassVar[str] = "nn.Unfold"

    kind: Literal["Unfold"] = "Unfold"
    kernel_size: Size2
    dilation: Size2 = 1
    padding: Padding2 = 0
    stride: Size2 = 1

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="linear")

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        rank(shape, 3, f"[{AXES[2]}]")
        window = (self.kernel_size, self.stride, self.padding, self.dilation)
        counts = windows(shape[1:], *window)
        return shape[0] * prod(spread(self.kernel_size, 2)), prod(counts)
