"""Mul."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from snnc.layer import Call, Layer, Site, Traits
from snnc.shapes import Shape, ShapeError, merged, show
from snnc.step.ssa import Step, joined
from snnc.window import alike


class Mul(Layer):
    """The product of two or more inputs of one shape: a gate."""

    example: ClassVar[str] = '{ kind = "Mul", from = ["a", "b"] }'
    stem: ClassVar[str] = "mul"
    ports: ClassVar[int | None] = None

    kind: Literal["Mul"] = "Mul"

    def traits(self, training: bool) -> Traits:
        return Traits()

    def shape(self, *inputs: Shape) -> Shape:
        for shape in inputs[1:]:
            if shape != inputs[0]:
                raise ShapeError(f"cannot multiply {show(inputs[0])} by {show(shape)}", "from")
        return inputs[0]

    def told(self, *inputs: Shape | None) -> Shape | None:
        return merged(inputs)

    def corners(self, corner: Shape, *inputs: Shape) -> tuple[Shape, ...]:
        return alike(corner, *inputs)

    def torch_call(self, *inputs: Shape) -> Call:
        return Call("torch.mul", of="each")

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        return " * ".join(args)

    def elementwise(self, count: int) -> Step:
        return joined("mul", count)
