"""Schedulers: how the learning rate changes while the network learns; one per file."""

from typing import Annotated, Any

from pydantic import Field

from snnc.kinds import Kind


class Scheduler(Kind):
    """A course of the learning rate over the epochs. A kind is named as its PyTorch class.

    During ``warmup_epochs`` the rate is multiplied by a factor that rises with every step from 0 to
    1 (Goyal et al., Accurate, large minibatch SGD, 2017). The schedule itself is not delayed.
    """

    warmup_epochs: Annotated[float, Field(ge=0)] = 0.0

    def table(self) -> dict[str, Any]:
        """The kind, the required fields and the fields off their default: the class's arguments."""
        fields = self.model_dump(exclude={"kind", "warmup_epochs"}, exclude_defaults=True)
        return {"kind": self.kind, **fields}
