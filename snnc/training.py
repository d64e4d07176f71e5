"""The section [train] of a spec."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from snnc.choice import Choice
from snnc.datasets import Dataset
from snnc.losses import Loss
from snnc.optimizers import Optimizer
from snnc.schedulers import Scheduler

Count = Annotated[int, Field(ge=1)]


class Train(BaseModel):
    """How the network is trained: these are the defaults of the training script's options."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    dataset: Annotated[Dataset, Choice("snnc.datasets")]
    loss: Annotated[Loss, Choice("snnc.losses")]
    metric: Literal["accuracy"] = "accuracy"
    epochs: Count
    batch_size: Count
    optimizer: Annotated[Optimizer, Choice("snnc.optimizers")]
    scheduler: Annotated[Scheduler | None, Choice("snnc.schedulers")] = None
    amp: bool = False
