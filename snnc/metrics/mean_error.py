"""mean_error."""

from typing import ClassVar, Literal

from snnc.metrics import Metric


class MeanError(Metric):
    """The mean distance between the output and the input, of networks with ``target = "input"``.

    An output at every time step counts by its mean over the steps, if the input has no time steps.
    If it has, each step of the output is compared with that of the input.
    """

    kind: Literal["mean_error"] = "mean_error"

    higher: ClassVar[bool] = False
    wants: ClassVar[Literal["labels", "x"] | None] = "x"
    says: ClassVar[str] = "How far the output is from the input, summed over the samples."

    def source(self, y: str = "y", over_time: bool = False, timed: bool = False) -> str:
        if over_time and timed:
            return f"({y} - x).abs().mean(0).flatten(1).mean(1).sum()"
        answer = f"{y}.mean(0)" if over_time else y
        return f"({answer} - x).abs().flatten(1).mean(1).sum()"
