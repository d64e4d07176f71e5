"""OneCycleLR."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.schedulers import Scheduler


class OneCycleLR(Scheduler):
    """From ``max_lr / div_factor`` up to ``max_lr`` and far down, once over all epochs.

    Changes after every step. The way up takes the share ``pct_start``; the rate ends at its start
    divided by ``final_div_factor``; ``cycle_momentum`` moves the momentum the other way (Smith and
    Topin, Super-convergence, 2018). The ``lr`` of the optimizer does not count.
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
