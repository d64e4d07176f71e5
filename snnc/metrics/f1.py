"""f1."""

from typing import ClassVar, Literal

from snnc.labels import Form
from snnc.metrics import Metric


class F1(Metric):
    """The harmonic mean of precision and recall over all labels of all samples together (micro).

    A label is answered if its output is above 0, and present if it is 0.5 or more. An output at
    every time step counts by its mean.
    """

    kind: Literal["f1"] = "f1"

    wants: ClassVar[Literal["labels", "x"] | None] = "labels"
    forms: ClassVar[tuple[Form, ...]] = ("several",)
    says: ClassVar[str] = "Labels that are right, wrong and missed."

    def source(self, y: str = "y", over_time: bool = False, timed: bool = False) -> str:
        answer = f"{y}.mean(0)" if over_time else y
        return f"training.hits({answer}, labels)"
