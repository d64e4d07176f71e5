"""percentile."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.threshold_rules import ThresholdRule


class PercentileRule(ThresholdRule):
    """The smallest value that ``percent`` of all values do not exceed: it clips outliers.

    ``"99.9%"`` is short for ``{ kind = "percentile", percent = 99.9 }``. The value is exact,
    however many values there are (Rueckauer et al., Frontiers in Neuroscience 2017).
    """

    kind: Literal["percentile"] = "percentile"
    percent: Annotated[float, Field(gt=0, le=100)] = 99.9

    @property
    def text(self) -> str:
        return f"{self.percent:g}%"

    def source(self) -> str:
        return f"Percentile(percent={self.percent!r})"
