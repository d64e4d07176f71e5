"""Losses: the distance of an output from its target; one per file."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.kinds import Kind
from snnc.labels import Form


class Loss(Kind):
    """The number that training minimises: the mean distance from the target over the samples.

    ``over = "steps"`` takes the loss at every time step and not of the readout over time, so it
    needs ``readout = "sequence"`` (TET: Deng et al., Temporal efficient training of spiking neural
    network via gradient re-weighting, ICLR 2022). Each step is then compared with the label of the
    sample or, if the data have one label per time step, with that of the step. ``weight`` weights
    the loss in a sum of several.
    """

    over: Literal["answer", "steps"] = "answer"
    weight: Annotated[float, Field(gt=0)] = 1.0

    softmax: ClassVar[bool] = False
    """Whether it trains the softmax of the output to be probabilities of the classes."""

    @property
    def form(self) -> Form:
        """The labels that it compares with, if it ``wants`` labels."""
        return "class"

    @property
    def smoothing(self) -> float | None:
        """The share of the label's probability that goes to all classes; None if there is none."""
        return None

    @property
    def wants(self) -> Literal["labels", "x"]:
        """The variable that the output is compared with."""
        return "labels"

    @property
    def function_name(self) -> str | None:
        """The user's function that the training script imports, if it is one."""
        return None

    @property
    def padded(self) -> str:
        """The expression for a sequence [T, B, ...] of which ``lengths`` says what is padding.

        "" for losses that are computed at every time step by itself.
        """
        return ""

    def source(self, y: str = "y", smoothing: str = "smoothing") -> str:
        """The expression that computes the loss from ``y`` [B, ...], or [T, B, ...] per time step.

        ``labels`` are [B] or, per time step, also [T, B]; of another form than a class, they have
        the axes of the output behind [B].
        ``smoothing`` is a number or a variable, for losses that smooth labels.
        """
        raise NotImplementedError
