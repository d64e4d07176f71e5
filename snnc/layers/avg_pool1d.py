"""AvgPool1d."""

from typing import ClassVar, Literal

from snnc.layers._pool import AvgPool
from snnc.sizes import Padding1, Size1


class AvgPool1d(AvgPool):
    """The mean of every window of a sequence [C, L] (torch.nn.AvgPool1d).

    ``stride`` defaults to the size of the window.
    """

    example: ClassVar[str] = '{ kind = "AvgPool1d", kernel_size = 2 }'
    torch: ClassVar[str] = "nn.AvgPool1d"
    inner: ClassVar[int] = 1

    kind: Literal["AvgPool1d"] = "AvgPool1d"
    kernel_size: Size1
    stride: Size1 | None = None
    padding: Padding1 = 0
    ceil_mode: bool = False
    count_include_pad: bool = True
