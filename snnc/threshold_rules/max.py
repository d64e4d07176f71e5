"""max."""

from typing import Literal

from snnc.threshold_rules import ThresholdRule


class MaxRule(ThresholdRule):
    """The largest value over all calibration samples: it clips nothing, and neurons fire seldom.

    The value is the true maximum, not a moving average over batches.
    """

    kind: Literal["max"] = "max"

    def source(self) -> str:
        return "Fraction(of=1.0)"
