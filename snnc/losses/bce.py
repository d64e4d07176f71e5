"""bce."""

from typing import Literal

from snnc.labels import Form
from snnc.losses import Loss


class BCE(Loss):
    """Minus the log-probability of each label by itself, with the sigmoid of the output.

    A sample may have several labels, or none: labels are 0 or 1, or shares between, in the shape of
    the output (binary cross-entropy with logits).
    """

    kind: Literal["bce"] = "bce"

    @property
    def form(self) -> Form:
        return "several"

    def source(self, y: str = "y", smoothing: str = "smoothing") -> str:
        spread = f".expand_as({y})" if self.over == "steps" else ""
        return f"F.binary_cross_entropy_with_logits({y}, labels.to({y}.dtype){spread})"
