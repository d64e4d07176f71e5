"""Add."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from snnc.layer import Call, Layer, Site, Traits
from snnc.shapes import Shape, ShapeError, merged, show
from snnc.step.ssa import Step, joined
from snnc.window import alike


class Add(Layer):
    """The sum of two or more inputs of one shape: a residual connection."""

    example: ClassVar[str] = '{ kind = "Add", from = ["a", "b"] }'
    stem: ClassVar[str] = "add"
    ports: ClassVar[int | None] = None

    kind: Literal["Add"] = "Add"

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="linear")

    def shape(self, *inputs: Shape) -> Shape:
        for shape in inputs[1:]:
            if shape != inputs[0]:
                raise ShapeError(f"cannot add {show(shape)} to {show(inputs[0])}", "from")
        return inputs[0]

    def told(self, *inputs: Shape | None) -> Shape | None:
        return merged(inputs)

    def corners(self, corner: Shape, *inputs: Shape) -> tuple[Shape, ...]:
        return alike(corner, *inputs)

    def torch_call(self, *inputs: Shape) -> Call:
        return Call("torch.add", of="each")

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        return " + ".join(args)

    def elementwise(self, count: int) -> Step:
        return joined("add", count)
