"""balance."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.sizes import Positive
from snnc.threshold_rules import ThresholdRule


class BalanceRule(ThresholdRule):
    """Local threshold balancing: each threshold θ rises from 0 by what it clips.

    After each calibration batch θ grows by 2·``rate``·mean((x − θ)·[x > θ]). Later layers see the
    values already clipped at θ. The rule makes ``passes`` passes over all batches (Bu et al.,
    CVPR 2025).
    """

    kind: Literal["balance"] = "balance"
    rate: Annotated[float, Field(gt=0, le=1)] = 1.0
    passes: Positive = 4

    def source(self) -> str:
        return f"Balance(rate={self.rate!r}, passes={self.passes})"
