"""accuracy."""

from typing import ClassVar, Literal

from snnc.metrics import Metric


class Accuracy(Metric):
    """The share of samples whose largest output is that of their label.

    An output at every time step counts by its mean over the steps. If the data have one label per
    time step, a sample counts by the share of its steps that are right.
    """

    kind: Literal["accuracy"] = "accuracy"

    wants: ClassVar[Literal["labels", "x"] | None] = "labels"
    says: ClassVar[str] = "How many samples have their largest output at their label."

    def source(self, y: str = "y", over_time: bool = False, timed: bool = False) -> str:
        if over_time and timed:
            return f"training.right({y}, labels)"
        answer = f"{y}.mean(0)" if over_time else y
        return f"({answer}.argmax(1) == labels).sum()"
