"""AdaptiveAvgPool2d."""

from typing import ClassVar, Literal

from snnc.layers._pool import AdaptiveAvgPool
from snnc.sizes import Size2


class AdaptiveAvgPool2d(AdaptiveAvgPool):
    """The mean over a grid of ``output_size`` windows (torch.nn.AdaptiveAvgPool2d).

    The input is an image [C, H, W].
    """

    example: ClassVar[str] = '{ kind = "AdaptiveAvgPool2d", output_size = [4, 4] }'
    torch: ClassVar[str] = "nn.AdaptiveAvgPool2d"
    inner: ClassVar[int] = 2

    kind: Literal["AdaptiveAvgPool2d"] = "AdaptiveAvgPool2d"
    output_size: Size2
