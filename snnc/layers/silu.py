"""SiLU."""

from typing import ClassVar, Literal

from snnc.layers._activation import ElementwiseActivation


class SiLU(ElementwiseActivation):
    """x · sigmoid(x), element by element (torch.nn.SiLU), also called swish."""

    example: ClassVar[str] = '{ kind = "SiLU" }'
    stem: ClassVar[str] = "silu"
    torch: ClassVar[str] = "nn.SiLU"

    kind: Literal["SiLU"] = "SiLU"
