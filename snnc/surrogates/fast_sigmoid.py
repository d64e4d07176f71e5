"""FastSigmoid."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class FastSigmoid(Surrogate):
    """The derivative of the fast sigmoid αu/(1 + α|u|): α/(1 + α|u|)², its peak is α.

    Others call 1/(1 + α|u|)² by this name, with α = 25 (snnTorch): that is SuperSpike here.
    """

    gradient: ClassVar[str] = "alpha / (1 + alpha * abs(u)) ** 2"

    kind: Literal["FastSigmoid"] = "FastSigmoid"
    alpha: Annotated[float, Field(gt=0)] = 1.0
