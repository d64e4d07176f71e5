"""mmse."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.threshold_rules import ThresholdRule


class MmseRule(ThresholdRule):
    """The threshold with the least mean squared error of the rates that T time steps allow.

    The rule tries the maximum times 1, 1 − 1/``grid``, and so on (light calibration: Li et al.,
    ICML 2021), on a histogram of 2,048 cells.
    """

    kind: Literal["mmse"] = "mmse"
    grid: Annotated[int, Field(ge=2, le=1000)] = 100

    def source(self) -> str:
        return f"Mmse(grid={self.grid})"
