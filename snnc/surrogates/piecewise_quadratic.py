"""PiecewiseQuadratic."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.surrogate import Surrogate


class PiecewiseQuadratic(Surrogate):
    """A triangle of height α over |u| < 1/α (Bellec et al., NeurIPS 2018).

    Its primitive is piecewise quadratic, hence the name. Other libraries call it Triangle.
    """

    gradient: ClassVar[str] = "relu(alpha - alpha**2 * abs(u))"

    kind: Literal["PiecewiseQuadratic"] = "PiecewiseQuadratic"
    alpha: Annotated[float, Field(gt=0)] = 1.0
