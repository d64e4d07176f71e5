"""ReduceLROnPlateau."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.schedulers import Scheduler
from snnc.sizes import Natural


class ReduceLROnPlateau(Scheduler):
    """The learning rate times ``factor`` once the metric was no better for ``patience`` epochs.

    The metric is that which selects the best epoch, on the samples that select it. An epoch is
    better if it exceeds the best so far by ``threshold``, as a share of it (``"rel"``) or as a
    number (``"abs"``). During ``cooldown`` epochs after a change nothing is counted. The rate falls
    no further than ``min_lr``, and a change below ``eps`` is left out (torch.optim).
    """

    kind: Literal["ReduceLROnPlateau"] = "ReduceLROnPlateau"
    factor: Annotated[float, Field(gt=0, lt=1)] = 0.1
    patience: Natural = 10
    threshold: Annotated[float, Field(ge=0)] = 1e-4
    threshold_mode: Literal["rel", "abs"] = "rel"
    cooldown: Natural = 0
    min_lr: Annotated[float, Field(ge=0)] = 0.0
    eps: Annotated[float, Field(ge=0)] = 1e-8

    def misfit(self, epochs: int) -> tuple[str, str] | None:
        if self.patience + 1 < epochs:
            return super().misfit(epochs)
        return "patience", f"{epochs} epochs end before the learning rate could first fall"
