"""LayerNorm."""

from math import prod
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.layer import Traits
from snnc.layers._weighted import Weighted
from snnc.shapes import Shape, ShapeError, show
from snnc.sizes import Positive


class LayerNorm(Weighted):
    """Normalises each sample and time step over its last axes (torch.nn.LayerNorm).

    ``normalized_shape`` is the sizes of these axes, as in PyTorch. The default is all axes of a
    sample. A Permute before it normalises each token of [C, N] over its channels.
    """

    example: ClassVar[str] = '{ kind = "LayerNorm", eps = 1e-6 }'
    stem: ClassVar[str] = "ln"
    torch: ClassVar[str] = "nn.LayerNorm"
    unprinted: ClassVar[frozenset[str]] = frozenset({"normalized_shape"})

    kind: Literal["LayerNorm"] = "LayerNorm"
    normalized_shape: Positive | Annotated[tuple[Positive, ...], Field(min_length=1)] | None = None
    eps: Annotated[float, Field(gt=0)] = 1e-5
    elementwise_affine: bool = True
    bias: bool = True

    @property
    def weight_axes(self) -> int:
        # a vector, or as many as it normalises: only a sample can tell
        return int(self.elementwise_affine)

    @property
    def biased(self) -> bool:
        return self.elementwise_affine and self.bias

    def traits(self, training: bool) -> Traits:
        return Traits()

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        sizes = self._sizes(shape)
        if shape[-len(sizes) :] != sizes:
            message = f"`normalized_shape` is {show(sizes)}, but a sample is {show(shape)}"
            raise ShapeError(message, "normalized_shape")
        return shape

    def leading(self, *inputs: Shape) -> tuple[object, ...]:
        sizes = self._sizes(inputs[0])
        return (sizes[0] if len(sizes) == 1 else sizes,)

    def parameters(self, *inputs: Shape) -> int:
        return prod(self._sizes(inputs[0])) * (self.elementwise_affine + self.biased)

    def _sizes(self, shape: Shape) -> Shape:
        stated = self.normalized_shape
        if stated is None:
            return shape
        return (stated,) if isinstance(stated, int) else stated
