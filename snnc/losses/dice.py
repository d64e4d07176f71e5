"""dice."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.labels import Form
from snnc.losses import Loss


class Dice(Loss):
    """One minus the overlap of the softmax of the output with the label of every place.

    The overlap of a class is 2|p·t|/(|p| + |t|) of one sample (Milletari et al., V-Net, 3DV 2016).
    The loss is the mean over classes, so rare classes count as much as frequent ones. The output is
    [C, ...] and labels are [N, ...]. ``cross_entropy`` adds that much of the cross-entropy, whose
    gradient is steadier early in training.
    """

    kind: Literal["dice"] = "dice"
    cross_entropy: Annotated[float, Field(ge=0)] = 0.0

    @property
    def form(self) -> Form:
        return "map"

    def source(self, y: str = "y", smoothing: str = "smoothing") -> str:
        dice = f"training.dice_loss({y}, labels)"
        if not self.cross_entropy:
            return dice
        return f"{dice} + {self.cross_entropy!r} * F.cross_entropy({y}, labels)"
