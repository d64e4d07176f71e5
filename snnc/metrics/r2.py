"""r2."""

from typing import ClassVar, Literal

from snnc.labels import Form
from snnc.metrics import Metric


class R2(Metric):
    """The share of the variance of the wanted values that the output explains; 1 is the best.

    It is 1 minus the squared errors by the squared distances from the mean, both summed over the
    numbers of an output. Constant targets have no variance: then it is 1 without an error, else 0.
    An output at every time step counts by its mean.
    """

    kind: Literal["r2"] = "r2"

    wants: ClassVar[Literal["labels", "x"] | None] = "labels"
    forms: ClassVar[tuple[Form, ...]] = ("values",)
    says: ClassVar[str] = "Squares by which the share of explained variance is known."

    def source(self, y: str = "y", over_time: bool = False, timed: bool = False) -> str:
        answer = f"{y}.mean(0)" if over_time else y
        return f"training.squares({answer}, labels)"
