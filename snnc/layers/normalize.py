"""Normalize."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from snnc.layer import Draw, Site
from snnc.layers._activation import ElementwiseActivation
from snnc.shapes import Shape, axis


class Normalize(ElementwiseActivation):
    """x over its Euclidean norm along ``dim`` (torch.nn.functional.normalize).

    0 is the channel axis of a sample. A norm below ``eps`` counts as ``eps``.
    """

    example: ClassVar[str] = '{ kind = "Normalize", dim = 0 }'
    stem: ClassVar[str] = "normalize"

    kind: Literal["Normalize"] = "Normalize"
    dim: int = 0
    eps: Annotated[float, Field(gt=0)] = 1e-12

    def shape(self, *inputs: Shape) -> Shape:
        axis(inputs[0], self.dim, "dim")
        return inputs[0]

    def corners(self, corner: Shape, *inputs: Shape) -> tuple[Shape, ...]:
        return inputs if axis(inputs[0], self.dim, "dim") else super().corners(corner, *inputs)

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        keys = {"dim": (self._dim, 1), "eps": (self.eps, 1e-12)}
        given = (f"{key}={value!r}" for key, (value, usual) in keys.items() if value != usual)
        return f"torch.nn.functional.normalize({', '.join([*args, *given])})"

    def uses(self, site: Site) -> tuple[str, ...]:
        return ("torch",)

    def textbook(
        self, inputs: Sequence[Any], t: int, module: Any, training: bool, draw: Draw
    ) -> Any:
        (x,) = inputs
        norm = x.norm(dim=self._dim, keepdim=True)
        return x / norm.clamp(min=self.eps)

    @property
    def _dim(self) -> int:
        """The axis with the batch axis before those of a sample; a negative one counts back."""
        return self.dim + 1 if self.dim >= 0 else self.dim
