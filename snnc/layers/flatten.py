"""Flatten."""

from math import prod
from typing import ClassVar, Literal

from snnc.layer import Call, Layer, Traits
from snnc.shapes import Shape, ShapeError, axis, show


class Flatten(Layer):
    """Joins the axes ``start_dim`` to ``end_dim`` of a sample into one (torch.nn.Flatten).

    Axes count those of a sample: 0 is the channel. PyTorch also counts the batch axis.
    """

    example: ClassVar[str] = '{ kind = "Flatten", start_dim = 1 }'
    stem: ClassVar[str] = "flatten"

    kind: Literal["Flatten"] = "Flatten"
    start_dim: int = 0
    end_dim: int = -1

    @property
    def flattens(self) -> bool:
        return True

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="move")

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        start, end = self._axes(shape)
        if start > end:
            raise ShapeError(f"`start_dim` comes after `end_dim` in {show(shape)}", "start_dim")
        return (*shape[:start], prod(shape[start : end + 1]), *shape[end + 1 :])

    def idle(self, *inputs: Shape) -> str:
        return "its input is flat already" if self.shape(*inputs) == inputs[0] else ""

    def torch_call(self, *inputs: Shape) -> Call:
        start, end = (a + 1 for a in self._axes(inputs[0]))
        last = end == len(inputs[0])
        return Call("nn.Flatten", () if (start, last) == (1, True) else (start, end))

    def _axes(self, shape: Shape) -> tuple[int, int]:
        return axis(shape, self.start_dim, "start_dim"), axis(shape, self.end_dim, "end_dim")
