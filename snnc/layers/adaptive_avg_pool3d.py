"""AdaptiveAvgPool3d."""

from typing import ClassVar, Literal

from snnc.layers._pool import AdaptiveAvgPool
from snnc.sizes import Size3


class AdaptiveAvgPool3d(AdaptiveAvgPool):
    """The mean over a grid of ``output_size`` windows (torch.nn.AdaptiveAvgPool3d).

    The input is a volume [C, D, H, W].
    """

    example: ClassVar[str] = '{ kind = "AdaptiveAvgPool3d", output_size = 2 }'
    torch: ClassVar[str] = "nn.AdaptiveAvgPool3d"
    inner: ClassVar[int] = 3

    kind: Literal["AdaptiveAvgPool3d"] = "AdaptiveAvgPool3d"
    output_size: Size3
