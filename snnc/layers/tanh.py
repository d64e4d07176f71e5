"""Tanh."""

from typing import ClassVar, Literal

from snnc.layers._activation import Monotone


class Tanh(Monotone):
    """The hyperbolic tangent, element by element (torch.nn.Tanh)."""

    example: ClassVar[str] = '{ kind = "Tanh" }'
    stem: ClassVar[str] = "tanh"
    torch: ClassVar[str] = "nn.Tanh"

    kind: Literal["Tanh"] = "Tanh"
