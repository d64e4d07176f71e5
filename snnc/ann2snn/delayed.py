"""Readouts that leave out the first steps, in which spikes have not come through yet."""

from collections.abc import Sequence
from typing import Any, Literal

from snnc.layer import Site
from snnc.readout import Readout
from snnc.readouts.mean import Mean
from snnc.readouts.sum import Sum


class _Delayed(Readout):
    """Reads from step ``delay`` on; where there is none yet, a mean is NaN."""

    delay: int

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        late = f"{args[0]}[max(0, {self.delay} - first) :]"
        return self.expression.format(x=late)

    def uses(self, site: Site) -> tuple[str, ...]:
        return ("first",)

    def read(self, x: Any) -> Any:
        return super().read(x[self.delay :])


class DelayedMean(_Delayed, Mean):
    """The mean over the later steps."""

    kind: Literal["mean"] = "mean"


class DelayedSum(_Delayed, Sum):
    """The sum over the later steps."""

    kind: Literal["sum"] = "sum"


def delayed(readout: Readout, delay: int) -> Readout:
    """A mean or a sum from that step on."""
    kind = DelayedMean if isinstance(readout, Mean) else DelayedSum
    return kind(delay=delay) if delay else readout
