"""mean."""

from typing import Any, ClassVar, Literal

from snnc.readout import MaskedReadout


class Mean(MaskedReadout):
    """The mean over time. The mean of spikes is the firing rate, in spikes per time step."""

    expression: ClassVar[str] = "{x}.mean(0)"
    says: ClassVar[str] = "the mean over time of {x}"
    commutes: ClassVar[frozenset[str]] = frozenset({"move", "linear", "affine"})
    keeps_static: ClassVar[bool] = True

    kind: Literal["mean"] = "mean"

    def read(self, x: Any) -> Any:
        return sum(x) / len(x)
