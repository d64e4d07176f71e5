"""ReLU6."""

from typing import ClassVar, Literal

from snnc.layer import Role
from snnc.layers._activation import Monotone
from snnc.step.bounds import Bounds


class ReLU6(Monotone):
    """min(max(x, 0), 6), element by element (torch.nn.ReLU6)."""

    example: ClassVar[str] = '{ kind = "ReLU6" }'
    stem: ClassVar[str] = "relu"
    role: ClassVar[Role] = "activation"
    torch: ClassVar[str] = "nn.ReLU6"

    kind: Literal["ReLU6"] = "ReLU6"

    def bounds(self, *inputs: Bounds) -> Bounds:
        low, high = inputs[0]
        return min(max(low, 0.0), 6.0), min(max(high, 0.0), 6.0)
