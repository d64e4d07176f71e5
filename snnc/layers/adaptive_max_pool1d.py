"""AdaptiveMaxPool1d."""

from typing import ClassVar, Literal

from snnc.layers._pool import AdaptiveMaxPool
from snnc.sizes import Size1


class AdaptiveMaxPool1d(AdaptiveMaxPool):
    """The maximum over a grid of ``output_size`` windows (torch.nn.AdaptiveMaxPool1d).

    The input is a sequence [C, L].
    """

    example: ClassVar[str] = '{ kind = "AdaptiveMaxPool1d", output_size = 1 }'
    torch: ClassVar[str] = "nn.AdaptiveMaxPool1d"
    inner: ClassVar[int] = 1

    kind: Literal["AdaptiveMaxPool1d"] = "AdaptiveMaxPool1d"
    output_size: Size1
