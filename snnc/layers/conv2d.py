"""Conv2d."""

from typing import ClassVar, Literal

from snnc.layers._conv import Conv
from snnc.sizes import Padding2, Size2


class Conv2d(Conv):
    """A convolution over [C, H, W] (torch.nn.Conv2d).

    ``in_channels`` is inferred. A stated value is checked.
    """

    example: ClassVar[str] = (
        '{ kind = "Conv2d", out_channels = 64, kernel_size = 3, padding = 1, bias = false }'
    )
    torch: ClassVar[str] = "nn.Conv2d"
    axes: ClassVar[str] = "C, H, W"

    kind: Literal["Conv2d"] = "Conv2d"
    kernel_size: Size2
    stride: Size2 = 1
    padding: Padding2 | Literal["same", "valid"] = 0
    dilation: Size2 = 1
