"""The section [train] of a spec."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from snnc.choice import Choice
from snnc.datasets import Dataset
from snnc.layer import Shape, ShapeError, show
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

    def fit(self, inputs: Sequence[Shape], outputs: Sequence[Shape], timed: bool = False) -> None:
        """Check that the dataset fits the network; ``timed``: its input has a time axis.

        Raises ShapeError.
        """
        data = self.dataset
        if len(inputs) > 1 or len(outputs) > 1:
            raise ShapeError("only a network of one input and one output can be trained", "dataset")
        data.check(inputs[0], timed)
        if data.classes is not None and outputs[0] != (data.classes,):
            message = (
                f"{data.kind} has {data.classes} classes, but the output is {show(outputs[0])}"
            )
            help = f"the last layer has to make {show((data.classes,))}"
            raise ShapeError(message, "dataset", help)
        if len(outputs[0]) != 1:
            message = f"the output is {show(outputs[0])}, but a loss needs one number a class"
            raise ShapeError(message, "dataset", "the last layer has to make [classes]")
