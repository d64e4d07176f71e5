"""Permute."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from snnc.layer import Draw, Layer, Site, Traits
from snnc.shapes import Shape, ShapeError, axis, show


class Permute(Layer):
    """The axes of a sample in another order (torch.permute).

    Axes count those of a sample, and 0 is the channel: ``dims = [1, 2, 0]`` puts the channel last.
    """

    example: ClassVar[str] = '{ kind = "Permute", dims = [1, 2, 0] }'
    stem: ClassVar[str] = "permute"

    kind: Literal["Permute"] = "Permute"
    dims: Annotated[tuple[int, ...], Field(min_length=1)]

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="move")

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        axes = tuple(axis(shape, dim, "dims") for dim in self.dims)
        if sorted(axes) != list(range(len(shape))):
            raise ShapeError(f"`dims` must name every axis of {show(shape)} once", "dims")
        return tuple(shape[a] for a in axes)

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        return f"{args[0]}.permute({', '.join(map(str, self._dims()))})"

    def textbook(
        self, inputs: Sequence[Any], t: int, module: Any, training: bool, draw: Draw
    ) -> Any:
        return inputs[0].permute(self._dims())

    def _dims(self) -> list[int]:
        """The axes with the batch axis before them; a negative axis counts from the end."""
        return [0, *(dim % len(self.dims) + 1 for dim in self.dims)]
