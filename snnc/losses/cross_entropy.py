"""cross_entropy."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.labels import Form
from snnc.losses import Loss


class CrossEntropy(Loss):
    """Minus the log-probability of the label, with the softmax of the output as probabilities.

    ``label_smoothing`` moves that share of the probability from the label to all classes (Szegedy
    et al., Rethinking the Inception architecture, CVPR 2016). With ``over = "places"`` every place
    of an output [C, ...] has a label of its own, as in segmentation: labels are [N, ...].
    """

    kind: Literal["cross_entropy"] = "cross_entropy"
    over: Literal["answer", "steps", "places"] = "answer"  # type: ignore[assignment]
    label_smoothing: Annotated[float, Field(ge=0, le=1)] = 0.0

    softmax: ClassVar[bool] = True

    @property
    def form(self) -> Form:
        return "map" if self.over == "places" else "class"

    @property
    def smoothing(self) -> float:
        return self.label_smoothing

    def source(self, y: str = "y", smoothing: str = "smoothing") -> str:
        logits, labels = y, "labels"
        if self.over == "steps":
            logits, labels = f"{y}.flatten(0, 1)", f"labels.expand(len({y}), -1).flatten()"
        return f"F.cross_entropy({logits}, {labels}, label_smoothing={smoothing})"
