"""sum."""

from typing import Any, ClassVar, Literal

from snnc.readout import Readout


class Sum(Readout):
    """The sum over time; of spikes: their count."""

    expression: ClassVar[str] = "{x}.sum(0)"

    kind: Literal["sum"] = "sum"

    def read(self, x: Any) -> Any:
        return sum(x)
