"""LogTailedReLU."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class LogTailedReLU(Surrogate):
    """The slope of a ReLU with a logarithm for its tail: α, 1 up to 1, then 1/u.

    From "Deep Learning with Low Precision by Half-wave Gaussian Quantization" (Cai et al., CVPR
    2017), with a leak α below 0.
    """

    gradient: ClassVar[str] = "where(u <= 0, alpha, where(u <= 1, 1, 1 / u))"

    kind: Literal["LogTailedReLU"] = "LogTailedReLU"
    alpha: Annotated[float, Field(ge=0)] = 0.0
