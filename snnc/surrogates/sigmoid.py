"""Sigmoid."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class Sigmoid(Surrogate):
    """The derivative of σ(α u)."""

    gradient: ClassVar[str] = "alpha * (sigmoid(alpha * u) * (1 - sigmoid(alpha * u)))"

    kind: Literal["Sigmoid"] = "Sigmoid"
    alpha: Annotated[float, Field(gt=0)] = 4.0
