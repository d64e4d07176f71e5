"""GELU."""

from typing import ClassVar, Literal

from snnc.layers._activation import ElementwiseActivation


class GELU(ElementwiseActivation):
    """x · Φ(x), element by element; Φ is the normal distribution function (torch.nn.GELU).

    ``approximate = "tanh"`` computes Φ with a tanh.
    """

    example: ClassVar[str] = '{ kind = "GELU", approximate = "tanh" }'
    stem: ClassVar[str] = "gelu"
    torch: ClassVar[str] = "nn.GELU"

    kind: Literal["GELU"] = "GELU"
    approximate: Literal["none", "tanh"] = "none"
