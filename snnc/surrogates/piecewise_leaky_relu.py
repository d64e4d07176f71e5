"""PiecewiseLeakyReLU."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class PiecewiseLeakyReLU(Surrogate):
    """A box of height 1/(2w) over |u| < w, on a floor c (Yin et al., 2017; DECOLLE, 2020)."""

    gradient: ClassVar[str] = "where(abs(u) < w, 1 / (2 * w), c)"

    kind: Literal["PiecewiseLeakyReLU"] = "PiecewiseLeakyReLU"
    w: Annotated[float, Field(gt=0)] = 1.0
    c: float = 0.01
