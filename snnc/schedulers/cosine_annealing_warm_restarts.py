"""CosineAnnealingWarmRestarts."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.schedulers import Scheduler
from snnc.sizes import Positive


class CosineAnnealingWarmRestarts(Scheduler):
    """Half a cosine from ``lr`` down to ``eta_min`` in ``T_0`` epochs, then again from ``lr``.

    Each course is ``T_mult`` times as long as the one before (Loshchilov and Hutter, SGDR:
    stochastic gradient descent with warm restarts, ICLR 2017).
    """

    kind: Literal["CosineAnnealingWarmRestarts"] = "CosineAnnealingWarmRestarts"
    T_0: Positive
    T_mult: Positive = 1
    eta_min: Annotated[float, Field(ge=0)] = 0.0

    def misfit(self, epochs: int) -> tuple[str, str] | None:
        if epochs * 2 < self.T_0:
            return "T_0", f"{epochs} epochs end before the learning rate has fallen by half"
        return super().misfit(epochs)
