"""mean_error."""

from typing import ClassVar, Literal

from snnc.metrics import Metric


class MeanError(Metric):
    """The mean distance between the output and the input, of networks with ``target = "input"``.

    An output at every time step counts by its mean over the steps.
    """

    kind: Literal["mean_error"] = "mean_error"

    higher: ClassVar[bool] = False
    wants: ClassVar[Literal["labels", "x"] | None] = "x"
    says: ClassVar[str] = "How far the output is from the input, summed over the samples."

    def source(self, y: str = "y", over_time: bool = False) -> str:
        answer = f"{y}.mean(0)" if over_time else y
        return f"({answer} - x).abs().flatten(1).mean(1).sum()"
