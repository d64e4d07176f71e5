"""PiecewiseExp."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class PiecewiseExp(Surrogate):
    """(α/2) e^(-α|u|), a Laplace density (Shrestha and Orchard, SLAYER, 2018)."""

    gradient: ClassVar[str] = "alpha / 2 * exp(-alpha * abs(u))"

    kind: Literal["PiecewiseExp"] = "PiecewiseExp"
    alpha: Annotated[float, Field(gt=0)] = 1.0
