"""Penalties: costs of the neurons inside a network that are added to the loss; one per file."""

from typing import Annotated

from pydantic import Field

from snnc.kinds import Kind
from snnc.layer import Source


class Penalty(Kind):
    """A cost of the neuron layer ``of``, multiplied by ``weight`` and added to the loss."""

    of: Source
    weight: Annotated[float, Field(gt=0)]

    def source(self, rate: str = "rate") -> str:
        """The expression that computes it from the firing rate [B, ...] of every neuron."""
        raise NotImplementedError
