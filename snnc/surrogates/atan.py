"""ATan."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class ATan(Surrogate):
    """The derivative of atan(π/2 α u)/π + 1/2 (Fang et al., ICCV 2021)."""

    gradient: ClassVar[str] = "alpha / 2 / (1 + (pi / 2 * alpha * u) ** 2)"

    kind: Literal["ATan"] = "ATan"
    alpha: Annotated[float, Field(gt=0)] = 2.0
