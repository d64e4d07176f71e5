"""Identity."""

from typing import ClassVar, Literal

from snnc.layer import Layer, Role, Traits
from snnc.shapes import Shape
from snnc.window import alike


class Identity(Layer):
    """Returns its input unchanged (torch.nn.Identity). It gives a value a name."""

    example: ClassVar[str] = '{ kind = "Identity", name = "features" }'
    stem: ClassVar[str] = "identity"
    role: ClassVar[Role] = "same"
    torch: ClassVar[str] = "nn.Identity"

    kind: Literal["Identity"] = "Identity"

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="move")

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def idle(self, *inputs: Shape) -> str:
        return "an Identity only gives a value a name"

    def corners(self, corner: Shape, *inputs: Shape) -> tuple[Shape, ...]:
        return alike(corner, *inputs)
