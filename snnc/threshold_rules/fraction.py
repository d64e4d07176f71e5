"""fraction."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.threshold_rules import ThresholdRule


class FractionRule(ThresholdRule):
    """A fraction of the largest value; ``0.5`` is short for ``{ kind = "fraction", of = 0.5 }``."""

    kind: Literal["fraction"] = "fraction"
    of: Annotated[float, Field(gt=0, le=1)]

    @property
    def text(self) -> str:
        return f"{self.of:g}"

    def source(self) -> str:
        return f"Fraction(of={self.of!r})"
