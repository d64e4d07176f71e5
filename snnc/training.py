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

    def fit(self, inputs: Sequence[Shape], outputs: Sequence[Shape]) -> None:
        """Check that the dataset fits the network. Raises ShapeError."""
        data = self.dataset
        want, classes = show(data.shape), (data.classes,)
        if len(inputs) > 1 or len(outputs) > 1:
            raise ShapeError("only a network of one input and one output can be trained", "dataset")
        if inputs[0] != data.shape:
            message = f"a sample of {data.kind} is {want}, but the input is {show(inputs[0])}"
            raise ShapeError(message, "dataset", f"write `shape = {want}` in [input]")
        if outputs[0] != classes:
            message = (
                f"{data.kind} has {data.classes} classes, but the output is {show(outputs[0])}"
            )
            raise ShapeError(message, "dataset", f"the last layer has to make {show(classes)}")
