"""ClippedReLU."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.layer import Call, Role
from snnc.layers._activation import Monotone
from snnc.shapes import Shape
from snnc.step.bounds import Bounds


class ClippedReLU(Monotone):
    """min(max(x, 0), ``max``), element by element (torch.nn.Hardtanh with a minimum of 0)."""

    example: ClassVar[str] = '{ kind = "ClippedReLU", max = 2.0 }'
    stem: ClassVar[str] = "relu"
    role: ClassVar[Role] = "activation"

    kind: Literal["ClippedReLU"] = "ClippedReLU"
    max: Annotated[float, Field(gt=0)] = 1.0

    def torch_call(self, *inputs: Shape) -> Call:
        return Call("nn.Hardtanh", (0.0, self.max), names=("min_val", "max_val"))

    def bounds(self, *inputs: Bounds) -> Bounds:
        low, high = inputs[0]
        return min(max(low, 0.0), self.max), min(max(high, 0.0), self.max)
