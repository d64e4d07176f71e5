"""AdaptiveAvgPool1d."""

from typing import ClassVar, Literal

from snnc.layers._pool import AdaptiveAvgPool
from snnc.sizes import Size1


class AdaptiveAvgPool1d(AdaptiveAvgPool):
    """The mean over a grid of ``output_size`` windows of [C, L] (torch.nn.AdaptiveAvgPool1d)."""

    example: ClassVar[str] = '{ kind = "AdaptiveAvgPool1d", output_size = 1 }'
    torch: ClassVar[str] = "nn.AdaptiveAvgPool1d"
    inner: ClassVar[int] = 1

    kind: Literal["AdaptiveAvgPool1d"] = "AdaptiveAvgPool1d"
    output_size: Size1
