"""label_error."""

from typing import ClassVar, Literal

from snnc.labels import Form
from snnc.metrics import Metric
from snnc.sizes import Natural


class LabelError(Metric):
    """The edits from the answer to the sequence of labels, divided by the number of labels.

    The answer is the most likely class of each time step, of which repetitions and ``blank`` are
    left out: the greedy decoding of ``ctc``.
    """

    kind: Literal["label_error"] = "label_error"
    blank: Natural = 0

    higher: ClassVar[bool] = False
    wants: ClassVar[Literal["labels", "x"] | None] = "labels"
    forms: ClassVar[tuple[Form, ...]] = ("sequence",)
    says: ClassVar[str] = "Edits a label from the answers to the labels, over the samples."

    def source(self, y: str = "y", over_time: bool = False, timed: bool = False) -> str:
        return f"training.label_errors({y}, labels, blank={self.blank})"

    def padded(self, y: str) -> str:
        return f"training.label_errors({y}, labels, lengths, blank={self.blank})"
