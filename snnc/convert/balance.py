"""balance."""

from typing import Annotated, Literal

from pydantic import Field

from snnc.convert import Rule
from snnc.sizes import Positive


class BalanceRule(Rule):
    """Local threshold balancing: each threshold θ climbs from 0 towards what is clipped.

    After each calibration batch θ grows by 2·``rate``·mean((x − θ)·[x > θ]), and the layers after
    it see what is clipped at θ already, ``passes`` times over all of them (Bu et al., CVPR 2025).
    """

    kind: Literal["balance"] = "balance"
    rate: Annotated[float, Field(gt=0, le=1)] = 1.0
    passes: Positive = 4

    def source(self) -> str:
        return f"Balance(rate={self.rate!r}, passes={self.passes})"
