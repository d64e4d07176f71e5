"""Slice."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from snnc.layer import Draw, Layer, Site, Traits
from snnc.shapes import Shape, ShapeError, axis, show


class Slice(Layer):
    """A part of a sample: the elements ``start`` to ``stop`` along ``dim``, every ``step``th.

    ``stop`` is not included, and without it the part reaches to the end. Negative numbers count
    from the end. Axis 0 is the channel.
    """

    example: ClassVar[str] = '{ kind = "Slice", start = 1, stop = 3 }'
    stem: ClassVar[str] = "slice"

    kind: Literal["Slice"] = "Slice"
    dim: int = 0
    start: int = 0
    stop: int | None = None
    step: Annotated[int, Field(ge=1)] = 1

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="move")

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        along = axis(shape, self.dim, "dim")
        count = len(range(shape[along])[self.start : self.stop : self.step])
        if not count:
            raise ShapeError(f"it takes nothing of {show(shape)} along axis {along}", "start")
        return (*shape[:along], count, *shape[along + 1 :])

    def idle(self, *inputs: Shape) -> str:
        return "it takes all of its input" if self.shape(*inputs) == inputs[0] else ""

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        return f"{args[0]}[{self._text()}]"

    def textbook(
        self, inputs: Sequence[Any], t: int, module: Any, training: bool, draw: Draw
    ) -> Any:
        part = slice(self.start, self.stop, self.step)
        if self.dim < 0:
            after = [slice(None)] * (-self.dim - 1)
            return inputs[0][(..., part, *after)]
        return inputs[0][(*[slice(None)] * (self.dim + 1), part)]

    def _text(self) -> str:
        """The index in Python; the batch stands before the axes of a sample."""
        start = str(self.start) if self.start else ""
        stop = "" if self.stop is None else str(self.stop)
        part = f"{start}:{stop}" + (f":{self.step}" if self.step > 1 else "")
        if self.dim < 0:
            return ", ".join(["...", part, *[":"] * (-self.dim - 1)])
        return ", ".join([*[":"] * (self.dim + 1), part])
