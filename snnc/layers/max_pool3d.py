"""MaxPool3d."""

from typing import ClassVar, Literal

from snnc.layers._pool import MaxPool
from snnc.sizes import Padding3, Size3


class MaxPool3d(MaxPool):
    """The maximum of every window of a volume [C, D, H, W] (torch.nn.MaxPool3d).

    The maximum of spikes is their logical or. ``stride`` defaults to the size of the window.
    """

    example: ClassVar[str] = '{ kind = "MaxPool3d", kernel_size = [1, 2, 2] }'
    torch: ClassVar[str] = "nn.MaxPool3d"
    inner: ClassVar[int] = 3

    kind: Literal["MaxPool3d"] = "MaxPool3d"
    kernel_size: Size3
    stride: Size3 | None = None
    padding: Padding3 = 0
    dilation: Size3 = 1
    ceil_mode: bool = False
