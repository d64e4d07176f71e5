"""MaxPool2d."""

from typing import ClassVar, Literal

from snnc.layers._pool import MaxPool
from snnc.sizes import Padding2, Size2


class MaxPool2d(MaxPool):
    """The maximum of every window of an image [C, H, W] (torch.nn.MaxPool2d).

    The maximum of spikes is their logical or. ``stride`` defaults to the size of the window.
    """

    example: ClassVar[str] = '{ kind = "MaxPool2d", kernel_size = 3, stride = 2, padding = 1 }'
    torch: ClassVar[str] = "nn.MaxPool2d"
    inner: ClassVar[int] = 2

    kind: Literal["MaxPool2d"] = "MaxPool2d"
    kernel_size: Size2
    stride: Size2 | None = None
    padding: Padding2 = 0
    dilation: Size2 = 1
    ceil_mode: bool = False
