"""A layer that no row has a place for."""

from typing import ClassVar, Literal

from snnc.layers._activation import Monotone
from snnc.shapes import Shape, ShapeError


class Thirteen(Monotone):
    """Refuses whatever has not thirteen features."""

    example: ClassVar[str] = '{ kind = "Thirteen" }'
    stem: ClassVar[str] = "thirteen"
    torch: ClassVar[str] = "nn.Identity"

    kind: Literal["Thirteen"] = "Thirteen"

    def shape(self, *inputs: Shape) -> Shape:
        if inputs[0] != (13,):
            raise ShapeError("expected 13 features")
        return inputs[0]
