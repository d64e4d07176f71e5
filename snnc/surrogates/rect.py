"""Rect."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class Rect(Surrogate):
    """A box of height α over |u| < 1/(2α), of area 1, or Boxcar (Wu et al., STBP, 2018)."""

    gradient: ClassVar[str] = "where(abs(u) < 0.5 / alpha, alpha, 0)"

    kind: Literal["Rect"] = "Rect"
    alpha: Annotated[float, Field(gt=0)] = 1.0
