"""AdaptiveMaxPool2d."""

from typing import ClassVar, Literal

from snnc.layers._pool import AdaptiveMaxPool
from snnc.sizes import Size2


class AdaptiveMaxPool2d(AdaptiveMaxPool):
    """The maximum over a grid of ``output_size`` windows (torch.nn.AdaptiveMaxPool2d).

    The input is an image [C, H, W].
    """

    example: ClassVar[str] = '{ kind = "AdaptiveMaxPool2d", output_size = [4, 4] }'
    torch: ClassVar[str] = "nn.AdaptiveMaxPool2d"
    inner: ClassVar[int] = 2

    kind: Literal["AdaptiveMaxPool2d"] = "AdaptiveMaxPool2d"
    output_size: Size2
