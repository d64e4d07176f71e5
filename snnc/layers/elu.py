"""ELU."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.layers._activation import Monotone


class ELU(Monotone):
    """x where it is positive, else ``alpha`` (exp(x) - 1) (torch.nn.ELU)."""

    example: ClassVar[str] = '{ kind = "ELU", alpha = 0.5 }'
    stem: ClassVar[str] = "elu"
    torch: ClassVar[str] = "nn.ELU"

    kind: Literal["ELU"] = "ELU"
    alpha: Annotated[float, Field(ge=0)] = 1.0
