"""A layer that somebody adds: one file, and no other change."""

from typing import ClassVar, Literal

from snnc.layers._activation import Monotone


class Softsign(Monotone):
    """x over 1 + |x| (torch.nn.Softsign)."""

    example: ClassVar[str] = '{ kind = "Softsign" }'
    stem: ClassVar[str] = "softsign"
    torch: ClassVar[str] = "nn.Softsign"

    kind: Literal["Softsign"] = "Softsign"
