"""SoftSign."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class SoftSign(Surrogate):
    """The derivative of (αu/(1 + |αu|) + 1)/2, the soft sign scaled to (0, 1)."""

    gradient: ClassVar[str] = "1 / (2 * alpha * (1 / alpha + abs(u)) ** 2)"

    kind: Literal["SoftSign"] = "SoftSign"
    alpha: Annotated[float, Field(gt=0)] = 2.0
