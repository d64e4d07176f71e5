"""Tanh."""

from typing import ClassVar, Literal

from snnc.layers._activation import Monotone
from snnc.step.bounds import Bounds


class Tanh(Monotone):
    """The hyperbolic tangent, element by element (torch.nn.Tanh)."""

    example: ClassVar[str] = '{ kind = "Tanh" }'
    stem: ClassVar[str] = "tanh"
    torch: ClassVar[str] = "nn.Tanh"

    kind: Literal["Tanh"] = "Tanh"

    def bounds(self, *inputs: Bounds) -> Bounds:
        return -1.0, 1.0
