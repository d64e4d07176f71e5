"""accuracy."""

from typing import ClassVar, Literal

from snnc.labels import Form
from snnc.metrics import Metric


class Accuracy(Metric):
    """The share of samples whose largest output is that of their label.

    An output at every time step counts by its mean over the steps. If the data have one label per
    time step, a sample counts by the share of its steps that are right; if they have one per place
    (``over = "places"``), by the share of its places.
    """

    kind: Literal["accuracy"] = "accuracy"

    wants: ClassVar[Literal["labels", "x"] | None] = "labels"
    forms: ClassVar[tuple[Form, ...]] = ("class", "map")
    says: ClassVar[str] = "How many samples have their largest output at their label."

    def source(self, y: str = "y", over_time: bool = False, timed: bool = False) -> str:
        if over_time and timed:
            return f"training.right({y}, labels)"
        answer = f"{y}.mean(0)" if over_time else y
        return f"({answer}.argmax(1) == labels).sum()"

    def padded(self, y: str) -> str:
        return f"training.right({y}, labels, lengths)"

    def on_maps(self, y: str, over_time: bool) -> str:
        """The expression for labels [B, ...] of every place."""
        answer = f"{y}.mean(0)" if over_time else y
        return f"({answer}.argmax(1) == labels).double().flatten(1).mean(1).sum()"
