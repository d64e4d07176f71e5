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

    def misfit(self, epochs: int) -> tuple[str, str] | None:
        """The key that does not go with so many epochs, and what comes of it."""
        if self.warmup_epochs < epochs:
            return None
        return "warmup_epochs", "the learning rate is still warming up when training ends"

    @property
    def highest(self) -> float | None:
        """The highest learning rate, if it is not the optimizer's."""
        return None

    def table(self) -> dict[str, Any]:
        """The kind, the required fields and the fields off their default: the class's arguments."""
        fields = self.model_dump(exclude={"kind", "warmup_epochs"}, exclude_defaults=True)
        return {"kind": self.kind, **fields}
