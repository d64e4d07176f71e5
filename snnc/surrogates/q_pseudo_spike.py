"""QPseudoSpike."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class QPseudoSpike(Surrogate):
    """(1 + 2|u|/(α - 1))^-α, with heavy or light tails (Herranz-Celotti and Rouat, 2022)."""

    gradient: ClassVar[str] = "exp(-alpha * log(1 + 2 / (alpha - 1) * abs(u)))"

    kind: Literal["QPseudoSpike"] = "QPseudoSpike"
    alpha: Annotated[float, Field(gt=1)] = 2.0
