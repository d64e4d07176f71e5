"""max."""

from typing import Any, ClassVar, Literal

from snnc.readout import MaskedReadout


class Max(MaskedReadout):
    """The largest value over time, such as the peak of a potential."""

    expression: ClassVar[str] = "{x}.amax(0)"
    says: ClassVar[str] = "the maximum over time of {x}"
    commutes: ClassVar[frozenset[str]] = frozenset({"move", "monotone"})
    keeps_static: ClassVar[bool] = True

    kind: Literal["max"] = "max"

    def read(self, x: Any) -> Any:
        return x.amax(0)
