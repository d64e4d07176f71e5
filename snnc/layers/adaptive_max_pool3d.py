"""AdaptiveMaxPool3d."""

from typing import ClassVar, Literal

from snnc.layers._pool import AdaptiveMaxPool
from snnc.sizes import Size3


class AdaptiveMaxPool3d(AdaptiveMaxPool):
    """The maximum over a grid of ``output_size`` windows (torch.nn.AdaptiveMaxPool3d).

    The input is a volume [C, D, H, W].
    """

    example: ClassVar[str] = '{ kind = "AdaptiveMaxPool3d", output_size = 2 }'
    torch: ClassVar[str] = "nn.AdaptiveMaxPool3d"
    inner: ClassVar[int] = 3

    kind: Literal["AdaptiveMaxPool3d"] = "AdaptiveMaxPool3d"
    output_size: Size3
