"""Softplus."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.layers._activation import Monotone


class Softplus(Monotone):
    """log(1 + exp(``beta`` x)) / ``beta``, a smooth ReLU (torch.nn.Softplus).

    Where ``beta`` x is above ``threshold``, it is x itself.
    """

    example: ClassVar[str] = '{ kind = "Softplus", beta = 2.0 }'
    stem: ClassVar[str] = "softplus"
    torch: ClassVar[str] = "nn.Softplus"

    kind: Literal["Softplus"] = "Softplus"
    beta: Annotated[float, Field(gt=0)] = 1.0
    threshold: Annotated[float, Field(gt=0)] = 20.0
