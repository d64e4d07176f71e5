"""The base of losses that compare numbers with numbers."""

from typing import Literal

from snnc.labels import Form
from snnc.losses import Loss


class Distance(Loss):
    """A distance between the output and wanted values, or the input."""

    target: Literal["values", "input"] = "values"

    @property
    def wants(self) -> Literal["labels", "x"]:
        return "x" if self.target == "input" else "labels"

    @property
    def form(self) -> Form:
        return "values"

    def against(self, y: str) -> str:
        """The expression of what ``y`` is compared with, in its shape and type."""
        target = "x" if self.wants == "x" else f"labels.to({y}.dtype)"
        return f"{target}.expand_as({y})" if self.over == "steps" else target
