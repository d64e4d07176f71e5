"""Schedulers: how the learning rate changes while the network learns; one per file."""

from typing import Annotated, Any

from pydantic import Field

from snnc.kinds import Kind


class Scheduler(Kind):
    """Sets the learning rate. A kind is called as its PyTorch class is.

    For ``warmup_epochs`` the rate is scaled by a factor that rises step by step from 0 to 1
    (Goyal et al., Accurate, large minibatch SGD, 2017); the schedule itself is not put off.
    """

    warmup_epochs: Annotated[float, Field(ge=0)] = 0.0

    def table(self) -> dict[str, Any]:
        """Its kind, its required fields and whatever is not a default: the class's arguments."""
        fields = self.model_dump(exclude={"kind", "warmup_epochs"}, exclude_defaults=True)
        return {"kind": self.kind, **fields}
