"""A loss that somebody adds."""

from typing import Literal

from snnc.losses import Loss


class Margin(Loss):
    """Every other output should be less than that of the label, by 1."""

    kind: Literal["margin"] = "margin"

    def source(self, y: str = "y", smoothing: str = "smoothing") -> str:
        return f"F.multi_margin_loss({y}, labels)"
