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
