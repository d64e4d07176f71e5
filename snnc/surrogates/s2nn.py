"""S2NN."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class S2NN(Surrogate):
    """The sigmoid's slope below the threshold, and β/(u + 1) above (Suetake et al., 2022).

    The slope jumps at 0 unless β = α/4. With the defaults it is continuous.
    """

    gradient: ClassVar[str] = (
        "where(u < 0, alpha * (sigmoid(alpha * u) * (1 - sigmoid(alpha * u))), beta / (u + 1))"
    )

    kind: Literal["S2NN"] = "S2NN"
    alpha: Annotated[float, Field(gt=0)] = 4.0
    beta: Annotated[float, Field(gt=0)] = 1.0
