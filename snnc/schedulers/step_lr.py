"""StepLR."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.schedulers import Scheduler
from snnc.sizes import Positive


class StepLR(Scheduler):
    """The learning rate times ``gamma`` after every ``step_size`` epochs (torch.optim)."""

    kind: Literal["StepLR"] = "StepLR"
    step_size: Positive
    gamma: Annotated[float, Field(gt=0)] = 0.1

    def misfit(self, epochs: int) -> tuple[str, str] | None:
        if self.step_size < epochs:
            return super().misfit(epochs)
        return "step_size", f"{epochs} epochs end before the learning rate first falls"
