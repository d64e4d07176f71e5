"""GroupNorm."""

from math import prod
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.layer import Traits
from snnc.layers._weighted import Weighted
from snnc.shapes import Shape, ShapeError, one, plural, show
from snnc.sizes import Positive


class GroupNorm(Weighted):
    """Normalises groups of channels of each sample and time step (torch.nn.GroupNorm).

    ``num_channels`` is inferred. A stated value is checked. The layer has no running statistics, so
    it is the same in training and in eval mode.
    """

    example: ClassVar[str] = '{ kind = "GroupNorm", num_groups = 4 }'
    stem: ClassVar[str] = "gn"
    torch: ClassVar[str] = "nn.GroupNorm"
    unprinted: ClassVar[frozenset[str]] = frozenset({"num_groups", "num_channels"})

    kind: Literal["GroupNorm"] = "GroupNorm"
    num_groups: Positive
    num_channels: Positive | None = None
    eps: Annotated[float, Field(gt=0)] = 1e-5
    affine: bool = True

    @property
    def weight_axes(self) -> int:
        return int(self.affine)

    @property
    def biased(self) -> bool:
        return self.affine

    def traits(self, training: bool) -> Traits:
        return Traits()

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        if self.num_channels is not None:
            one(self.num_channels, shape[0], "num_channels", "channel")
        if shape[0] % self.num_groups:
            message = f"{plural(shape[0], 'channel')} cannot be split into {self.num_groups} groups"
            raise ShapeError(message, "num_groups")
        if prod(shape) == self.num_groups:
            raise ShapeError(f"each group of {show(shape)} has a single value", "num_groups")
        return shape

    def leading(self, *inputs: Shape) -> tuple[object, ...]:
        return self.num_groups, inputs[0][0]

    def parameters(self, *inputs: Shape) -> int:
        return 2 * inputs[0][0] if self.affine else 0
