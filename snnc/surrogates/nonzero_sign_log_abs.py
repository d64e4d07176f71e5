"""NonzeroSignLogAbs."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class NonzeroSignLogAbs(Surrogate):
    """The derivative of ±log(1 + α|u|), with the sign of u (SpikingJelly)."""

    gradient: ClassVar[str] = "1 / (1 / alpha + abs(u))"

    kind: Literal["NonzeroSignLogAbs"] = "NonzeroSignLogAbs"
    alpha: Annotated[float, Field(gt=0)] = 1.0
