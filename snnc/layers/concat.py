"""Concat."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from snnc.layer import Call, Layer, Site, Traits
from snnc.shapes import Shape, ShapeError, axis, show
from snnc.window import alike


class Concat(Layer):
    """Two or more inputs joined along ``dim`` (torch.cat); 0 is the channel axis."""

    example: ClassVar[str] = '{ kind = "Concat", from = ["a", "b"] }'
    stem: ClassVar[str] = "concat"
    ports: ClassVar[int | None] = None

    kind: Literal["Concat"] = "Concat"
    dim: int = 0

    @property
    def concatenates(self) -> bool:
        return self.dim in (0, -1)

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="move")

    def shape(self, *inputs: Shape) -> Shape:
        first = inputs[0]
        at = axis(first, self.dim, "dim")
        for shape in inputs[1:]:
            if (
                len(shape) != len(first)
                or shape[:at] + shape[at + 1 :] != first[:at] + first[at + 1 :]
            ):
                message = f"cannot join {show(shape)} to {show(first)}"
                help = "write `dim = 0` to join channels: the batch is no axis of a sample"
                raise ShapeError(message, "from", help if at == 1 else None)
        return (*first[:at], sum(s[at] for s in inputs), *first[at + 1 :])

    def corners(self, corner: Shape, *inputs: Shape) -> tuple[Shape, ...]:
        return inputs if axis(inputs[0], self.dim, "dim") else alike(corner, *inputs)

    def torch_call(self, *inputs: Shape) -> Call:
        return Call("torch.cat", keywords={"dim": self._dim}, of="list")

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        return f"torch.cat([{', '.join(args)}], {self._dim})"

    def uses(self, site: Site) -> tuple[str, ...]:
        return ("torch",)

    @property
    def _dim(self) -> int:
        # PyTorch counts the batch axis too
        return self.dim + 1 if self.dim >= 0 else self.dim
