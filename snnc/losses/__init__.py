"""Losses: how far an output is from what it should be; one per file."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.kinds import Kind


class Loss(Kind):
    """A number to make small: the mean over the samples of an output's distance from its target.

    ``over = "steps"`` takes the loss at every step and not of the answer over time, so it needs
    ``readout = "sequence"`` (TET: Deng et al., Temporal efficient training of spiking neural
    network via gradient re-weighting, ICLR 2022). ``weight`` counts where several are added up.
    """

    over: Literal["answer", "steps"] = "answer"
    weight: Annotated[float, Field(gt=0)] = 1.0

    @property
    def smoothing(self) -> float | None:
        """The share of the label's probability that all classes get; None if it gives none."""
        return None

    @property
    def wants(self) -> Literal["labels", "x"]:
        """The variable that the output is compared with."""
        return "labels"

    def source(self, y: str = "y", smoothing: str = "smoothing") -> str:
        """The expression that computes it from ``y`` [B, ...], at every step [T, B, ...].

        ``smoothing`` is a number or variable, for those that smooth labels.
        """
        raise NotImplementedError
