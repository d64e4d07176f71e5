"""LogTailedReLU."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class LogTailedReLU(Surrogate):
    """The slope of a ReLU with a logarithm as its tail: α below 0, 1 up to 1, then 1/u.

    Cai et al., Deep learning with low precision by half-wave Gaussian quantization, CVPR 2017.
    """

    gradient: ClassVar[str] = "where(u <= 0, alpha, where(u <= 1, 1, 1 / u))"

    kind: Literal["LogTailedReLU"] = "LogTailedReLU"
    alpha: Annotated[float, Field(ge=0)] = 0.0
