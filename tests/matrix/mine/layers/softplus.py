"""A layer that somebody adds: one file, and no other change."""

from typing import ClassVar, Literal

from snnc.layers._activation import Monotone


class Softplus(Monotone):
    """A smooth ReLU (torch.nn.Softplus)."""

    example: ClassVar[str] = '{ kind = "Softplus" }'
    stem: ClassVar[str] = "softplus"
    torch: ClassVar[str] = "nn.Softplus"

    kind: Literal["Softplus"] = "Softplus"
