"""LeakyReLU."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.layers._activation import Monotone


class LeakyReLU(Monotone):
    """x where it is positive, else ``negative_slope`` times x (torch.nn.LeakyReLU)."""

    example: ClassVar[str] = '{ kind = "LeakyReLU", negative_slope = 0.1 }'
    stem: ClassVar[str] = "relu"
    torch: ClassVar[str] = "nn.LeakyReLU"

    kind: Literal["LeakyReLU"] = "LeakyReLU"
    negative_slope: Annotated[float, Field(ge=0)] = 0.01
