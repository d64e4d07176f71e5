"""FastSigmoid."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class FastSigmoid(Surrogate):
    """The derivative of the fast sigmoid αu/(1 + α|u|): α/(1 + α|u|)². Its peak is α.

    snnTorch's ``fast_sigmoid`` is 1/(1 + α|u|)² with α = 25, which is SuperSpike here.
    """

    gradient: ClassVar[str] = "alpha / (1 + alpha * abs(u)) ** 2"

    kind: Literal["FastSigmoid"] = "FastSigmoid"
    alpha: Annotated[float, Field(gt=0)] = 1.0
