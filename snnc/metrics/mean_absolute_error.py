"""mean_absolute_error."""

from typing import ClassVar, Literal

from snnc.labels import Form
from snnc.metrics import Metric


class MeanAbsoluteError(Metric):
    """The mean distance between the output and the wanted values.

    An output at every time step counts by its mean.
    """

    kind: Literal["mean_absolute_error"] = "mean_absolute_error"

    higher: ClassVar[bool] = False
    wants: ClassVar[Literal["labels", "x"] | None] = "labels"
    forms: ClassVar[tuple[Form, ...]] = ("values",)
    says: ClassVar[str] = "How far the output is from the wanted values, summed over the samples."

    def source(self, y: str = "y", over_time: bool = False, timed: bool = False) -> str:
        answer = f"{y}.mean(0)" if over_time else y
        return f"({answer} - labels).abs().flatten(1).mean(1).sum()"
