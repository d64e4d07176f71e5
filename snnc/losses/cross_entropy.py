"""cross_entropy."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.losses import Loss


class CrossEntropy(Loss):
    """Minus the log-probability of the label, with the softmax of the output as probabilities.

    ``label_smoothing`` takes that share of the probability from the label and spreads it over all
    classes (Szegedy et al., Rethinking the Inception architecture, CVPR 2016).
    """

    kind: Literal["cross_entropy"] = "cross_entropy"
    label_smoothing: Annotated[float, Field(ge=0, le=1)] = 0.0

    def source(self) -> str:
        smoothing = f", label_smoothing={self.label_smoothing!r}" if self.label_smoothing else ""
        return f"F.cross_entropy(y, labels{smoothing})"
