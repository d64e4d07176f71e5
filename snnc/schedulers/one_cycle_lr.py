"""OneCycleLR."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.schedulers import Scheduler


class OneCycleLR(Scheduler):
    """One cycle over all epochs: from ``max_lr / div_factor`` up to ``max_lr`` and far down again.

    The rate changes after every step. The rise takes the share ``pct_start``. The rate ends at its
    start divided by ``final_div_factor``. ``cycle_momentum`` moves the momentum the other way
    (Smith and Topin, Super-convergence, 2018). The ``lr`` of the optimizer has no effect.
    """

    kind: Literal["OneCycleLR"] = "OneCycleLR"
    max_lr: Annotated[float, Field(gt=0)]
    pct_start: Annotated[float, Field(ge=0, le=1)] = 0.3
    anneal_strategy: Literal["cos", "linear"] = "cos"
    cycle_momentum: bool = True
    base_momentum: Annotated[float, Field(ge=0, lt=1)] = 0.85
    max_momentum: Annotated[float, Field(ge=0, lt=1)] = 0.95
    div_factor: Annotated[float, Field(gt=0)] = 25.0
    final_div_factor: Annotated[float, Field(gt=0)] = 1e4
    three_phase: bool = False

    @property
    def highest(self) -> float:
        return self.max_lr
