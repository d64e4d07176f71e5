"""last."""

from typing import Any, ClassVar, Literal

from snnc.readout import MaskedReadout


class Last(MaskedReadout):
    """The value at the last time step."""

    expression: ClassVar[str] = "{x}[-1]"
    says: ClassVar[str] = "the last value of {x}"
    commutes: ClassVar[frozenset[str]] = frozenset(
        {"move", "linear", "affine", "monotone", "other"}
    )
    keeps_static: ClassVar[bool] = True

    kind: Literal["last"] = "last"

    def read(self, x: Any) -> Any:
        return x[len(x) - 1]
