"""sum."""

from typing import Any, ClassVar, Literal

from snnc.readout import MaskedReadout


class Sum(MaskedReadout):
    """The sum over time. The sum of spikes is their number."""

    expression: ClassVar[str] = "{x}.sum(0)"
    says: ClassVar[str] = "the sum over time of {x}"
    commutes: ClassVar[frozenset[str]] = frozenset({"move", "linear"})

    kind: Literal["sum"] = "sum"

    def read(self, x: Any) -> Any:
        return sum(x)
