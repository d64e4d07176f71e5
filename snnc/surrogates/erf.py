"""Erf."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class Erf(Surrogate):
    """The derivative of erfc(-αu)/2: a Gaussian (Esser et al., 2015; Wu et al., STBP, 2018)."""

    gradient: ClassVar[str] = "alpha / sqrt(pi) * exp(-((alpha * u) ** 2))"

    kind: Literal["Erf"] = "Erf"
    alpha: Annotated[float, Field(gt=0)] = 2.0
