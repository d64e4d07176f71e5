"""AdaptiveMaxPool1d."""

from typing import ClassVar, Literal

from snnc.layers._pool import AdaptiveMaxPool
from snnc.sizes import Size1


class AdaptiveMaxPool1d(AdaptiveMaxPool):
    """The maximum over a grid of ``output_size`` windows of [C, L].

    It is torch.nn.AdaptiveMaxPool1d.
    """

    example: ClassVar[str] = '{ kind = "AdaptiveMaxPool1d", output_size = 1 }'
    torch: ClassVar[str] = "nn.AdaptiveMaxPool1d"
    inner: ClassVar[int] = 1

    kind: Literal["AdaptiveMaxPool1d"] = "AdaptiveMaxPool1d"
    output_size: Size1
