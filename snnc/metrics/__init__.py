"""Metrics: numbers that are reported beside the loss and select the best epoch; one per file."""

from typing import ClassVar, Literal

from snnc.kinds import Kind
from snnc.labels import Form
from snnc.layer import Name


class Metric(Kind):
    """A number for every sample. ``of`` names the output; the default is the first suitable one."""

    of: Name | None = None

    higher: ClassVar[bool] = True
    """Whether more of it is better."""
    wants: ClassVar[Literal["labels", "x"] | None] = None
    """What the output's loss compares it with; None: the metric is the loss itself."""
    forms: ClassVar[tuple[Form, ...]] = ("class",)
    """The labels that it compares with, if it ``wants`` labels."""
    says: ClassVar[str] = ""
    """The docstring of the function that computes it."""

    @property
    def title(self) -> str:
        """The name of its column in tables."""
        return self.kind

    @property
    def function_name(self) -> str | None:
        """The user's function that the training script imports, if it is one."""
        return None

    def source(self, y: str = "y", over_time: bool = False, timed: bool = False) -> str:
        """The expression of the sum over the samples of ``y`` [B, ...], or [T, B, ...].

        A metric that is no mean over samples gives a vector of totals; the training package of the
        runtime makes a number of them.

        ``timed``: the data have a time axis, so labels may be [T, B] too, and ``x`` is [T, B, ...].
        """
        raise NotImplementedError

    def padded(self, y: str) -> str:
        """The same for a sequence [T, B, ...] of which ``lengths`` says what is padding.

        "" if the metric would count the padding.
        """
        return ""

    def on_maps(self, y: str, over_time: bool) -> str:
        """The same for labels [B, ...] of every place of ``y`` [B, C, ...]."""
        return self.source(y, over_time)
