"""Conv3d."""

from typing import ClassVar, Literal

from snnc.layers._conv import Conv
from snnc.sizes import AXES, Padding3, Size3


class Conv3d(Conv):
    """A convolution over [C, D, H, W] (torch.nn.Conv3d).

    ``in_channels`` is inferred. A stated value is checked.
    """

    example: ClassVar[str] = (
        '{ kind = "Conv3d", out_channels = 16, kernel_size = [1, 3, 3], padding = "same" }'
    )
    torch: ClassVar[str] = "nn.Conv3d"
    axes: ClassVar[str] = AXES[3]

    kind: Literal["Conv3d"] = "Conv3d"
    kernel_size: Size3
    stride: Size3 = 1
    padding: Padding3 | Literal["same", "valid"] = 0
    dilation: Size3 = 1
