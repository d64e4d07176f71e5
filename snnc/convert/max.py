"""max."""

from typing import Literal

from snnc.convert import Rule


class MaxRule(Rule):
    """The largest value over all calibration samples: nothing is clipped, but few spikes are fired.

    It is the true maximum, not a moving average of batches' maxima.
    """

    kind: Literal["max"] = "max"

    def source(self) -> str:
        return "Fraction(of=1.0)"
