"""ReLU."""

from typing import ClassVar, Literal

from snnc.layer import Role
from snnc.layers._activation import Monotone
from snnc.step.bounds import Bounds


class ReLU(Monotone):
    """max(x, 0), element by element (torch.nn.ReLU)."""

    example: ClassVar[str] = '{ kind = "ReLU" }'
    stem: ClassVar[str] = "relu"
    role: ClassVar[Role] = "activation"
    torch: ClassVar[str] = "nn.ReLU"

    kind: Literal["ReLU"] = "ReLU"

    def bounds(self, *inputs: Bounds) -> Bounds:
        return max(inputs[0][0], 0.0), max(inputs[0][1], 0.0)
