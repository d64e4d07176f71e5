"""CosineAnnealingLR."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.schedulers import Scheduler
from snnc.sizes import Positive


class CosineAnnealingLR(Scheduler):
    """Half a cosine from ``lr`` down to ``eta_min`` in ``T_max`` epochs; it rises again afterwards.

    There are no restarts (Loshchilov and Hutter, SGDR: stochastic gradient descent with warm
    restarts, ICLR 2017).
    """

    kind: Literal["CosineAnnealingLR"] = "CosineAnnealingLR"
    T_max: Positive
    eta_min: Annotated[float, Field(ge=0)] = 0.0

    def misfit(self, epochs: int) -> tuple[str, str] | None:
        if self.T_max < epochs:
            return "T_max", f"the learning rate rises again after epoch {self.T_max} of {epochs}"
        if self.T_max > 2 * epochs:
            return "T_max", f"{epochs} epochs end before the learning rate has fallen by half"
        return super().misfit(epochs)
