"""l1."""

from typing import Literal

from snnc.losses._distance import Distance


class L1(Distance):
    """The mean absolute distance between the output and the wanted values.

    Labels are numbers in the shape of the output: a regression. Outliers weigh less than in mse.
    With ``target = "input"`` the network learns to reproduce its input: an autoencoder.
    """

    kind: Literal["l1"] = "l1"

    def source(self, y: str = "y", smoothing: str = "smoothing") -> str:
        return f"F.l1_loss({y}, {self.against(y)})"
