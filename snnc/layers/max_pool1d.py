"""MaxPool1d."""

from typing import ClassVar, Literal

from snnc.layers._pool import MaxPool
from snnc.sizes import Padding1, Size1


class MaxPool1d(MaxPool):
    """The maximum of every window of a sequence [C, L] (torch.nn.MaxPool1d).

    The maximum of spikes is their logical or. ``stride`` defaults to the size of the window.
    """

    example: ClassVar[str] = '{ kind = "MaxPool1d", kernel_size = 2 }'
    torch: ClassVar[str] = "nn.MaxPool1d"
    inner: ClassVar[int] = 1

    kind: Literal["MaxPool1d"] = "MaxPool1d"
    kernel_size: Size1
    stride: Size1 | None = None
    padding: Padding1 = 0
    dilation: Size1 = 1
    ceil_mode: bool = False
