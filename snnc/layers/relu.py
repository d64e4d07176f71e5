"""ReLU."""

from typing import ClassVar, Literal

from snnc.layer import Role
from snnc.layers._activation import Monotone


class ReLU(Monotone):
    """max(x, 0), element by element (torch.nn.ReLU)."""

    example: ClassVar[str] = '{ kind = "ReLU" }'
    stem: ClassVar[str] = "relu"
    role: ClassVar[Role] = "activation"
    torch: ClassVar[str] = "nn.ReLU"

    kind: Literal["ReLU"] = "ReLU"
