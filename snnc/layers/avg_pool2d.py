"""AvgPool2d."""

from typing import ClassVar, Literal

from snnc.layers._pool import AvgPool
from snnc.sizes import Padding2, Positive, Size2
from snnc.window import Window


class AvgPool2d(AvgPool):
    """The mean of every window of an image [C, H, W] (torch.nn.AvgPool2d).

    ``stride`` defaults to the size of the window.
    """

    example: ClassVar[str] = '{ kind = "AvgPool2d", kernel_size = 2 }'
    torch: ClassVar[str] = "nn.AvgPool2d"
    inner: ClassVar[int] = 2

    kind: Literal["AvgPool2d"] = "AvgPool2d"
    kernel_size: Size2
    stride: Size2 | None = None
    padding: Padding2 = 0
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: Positive | None = None

    def window(self) -> Window | None:
        return super().window() if self.divisor_override is None else None
