"""loss."""

from typing import ClassVar, Literal

from snnc.metrics import Metric


class LossMetric(Metric):
    """The loss itself, without penalties: the epoch with the lowest is the best."""

    kind: Literal["loss"] = "loss"

    higher: ClassVar[bool] = False

    def source(self, y: str = "y", over_time: bool = False, timed: bool = False) -> str:
        return ""
