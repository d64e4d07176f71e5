"""Unflatten."""

from math import prod
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.layer import Call, Layer, Traits
from snnc.shapes import Shape, ShapeError, axis
from snnc.sizes import Positive


class Unflatten(Layer):
    """Splits the axis ``dim`` of a sample into axes of ``unflattened_size`` (torch.nn.Unflatten).

    Axes count those of a sample: 0 is the channel. One of the sizes may be -1, which stands for the
    rest.
    """

    example: ClassVar[str] = '{ kind = "Unflatten", unflattened_size = [4, -1] }'
    stem: ClassVar[str] = "unflatten"

    kind: Literal["Unflatten"] = "Unflatten"
    dim: int = 0
    unflattened_size: Annotated[tuple[Positive | Literal[-1], ...], Field(min_length=1)]

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="move")

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        at = axis(shape, self.dim, "dim")
        return (*shape[:at], *self._sizes(shape[at]), *shape[at + 1 :])

    def torch_call(self, *inputs: Shape) -> Call:
        at = axis(inputs[0], self.dim, "dim")
        names = ("dim", "unflattened_size")
        return Call("nn.Unflatten", (at + 1, self._sizes(inputs[0][at])), names=names)

    def _sizes(self, size: int) -> Shape:
        open_ends = self.unflattened_size.count(-1)
        known = prod(n for n in self.unflattened_size if n != -1)
        if open_ends > 1:
            raise ShapeError("only one size of `unflattened_size` may be -1", "unflattened_size")
        if size % known or (not open_ends and size != known):
            message = f"an axis of {size} cannot become {list(self.unflattened_size)}"
            raise ShapeError(message, "unflattened_size")
        return tuple(size // known if n == -1 else n for n in self.unflattened_size)
