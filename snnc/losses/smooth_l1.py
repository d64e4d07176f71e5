"""smooth_l1."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.losses._distance import Distance


class SmoothL1(Distance):
    """The mean distance between the output and the wanted values: squared up to ``beta``, then l1.

    Labels are numbers in the shape of the output: a regression (Girshick, Fast R-CNN, ICCV 2015).
    With ``target = "input"`` the network learns to reproduce its input: an autoencoder.
    """

    kind: Literal["smooth_l1"] = "smooth_l1"
    beta: Annotated[float, Field(gt=0)] = 1.0

    def source(self, y: str = "y", smoothing: str = "smoothing") -> str:
        beta = "" if self.beta == 1 else f", beta={self.beta!r}"
        return f"F.smooth_l1_loss({y}, {self.against(y)}{beta})"
