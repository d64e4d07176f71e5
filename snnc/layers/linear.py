"""Linear."""

from math import prod
from typing import ClassVar, Literal

from snnc.layer import Role, Traits
from snnc.layers._weighted import Weighted
from snnc.shapes import Shape, ShapeError, one, show
from snnc.sizes import Positive


class Linear(Weighted):
    """A matrix product with the features: [in_features] to [out_features] (torch.nn.Linear).

    ``in_features`` is inferred. A stated value is checked.
    """

    example: ClassVar[str] = '{ kind = "Linear", out_features = 10, bias = false }'
    stem: ClassVar[str] = "fc"
    role: ClassVar[Role] = "weights"
    torch: ClassVar[str] = "nn.Linear"
    unprinted: ClassVar[frozenset[str]] = frozenset({"in_features", "out_features"})

    kind: Literal["Linear"] = "Linear"
    in_features: Positive | None = None
    out_features: Positive
    bias: bool = True

    @property
    def product(self) -> bool:
        return True

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="affine" if self.bias else "linear")

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        if len(shape) != 1:
            help = 'put a { kind = "Flatten" } before it'
            raise ShapeError(f"expected features [N], got {show(shape)}", help=help)
        if self.in_features is not None:
            one(self.in_features, shape[-1], "in_features", "feature")
        return (*shape[:-1], self.out_features)

    def leading(self, *inputs: Shape) -> tuple[object, ...]:
        return inputs[0][-1], self.out_features

    def parameters(self, *inputs: Shape) -> int:
        return (inputs[0][-1] + self.bias) * self.out_features

    def macs(self, *inputs: Shape) -> int:
        return prod(inputs[0]) * self.out_features
