"""ReLU6."""

from typing import ClassVar, Literal

from snnc.layer import Role
from snnc.layers._activation import Monotone


class ReLU6(Monotone):
    """min(max(x, 0), 6), element by element (torch.nn.ReLU6)."""

    example: ClassVar[str] = '{ kind = "ReLU6" }'
    stem: ClassVar[str] = "relu"
    role: ClassVar[Role] = "activation"
    torch: ClassVar[str] = "nn.ReLU6"

    kind: Literal["ReLU6"] = "ReLU6"
