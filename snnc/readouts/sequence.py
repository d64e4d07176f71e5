"""sequence."""

from typing import Any, ClassVar, Literal

from snnc.readout import Readout


class EveryStep(Readout):
    """The values of all time steps: [T, B, ...]."""

    expression: ClassVar[str] = "{x}"
    says: ClassVar[str] = "every value of {x}"
    keeps_time: ClassVar[bool] = True

    kind: Literal["sequence"] = "sequence"

    def read(self, x: Any) -> Any:
        return x
