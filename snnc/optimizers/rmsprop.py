"""RMSprop."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.optimizers import NotNegative, Optimizer


class RMSprop(Optimizer):
    """Steps scaled by a running mean of the square of the gradient, without its running mean.

    ``alpha`` is how much of that mean stays at each step. ``centered`` subtracts the square of the
    mean gradient, so that the scale is a variance (Tieleman and Hinton, Coursera lecture 6.5, 2012;
    Graves, Generating sequences with recurrent neural networks, 2013).
    """

    usual: ClassVar[tuple[float, float]] = (1e-6, 0.03)

    kind: Literal["RMSprop"] = "RMSprop"
    alpha: Annotated[float, Field(ge=0, lt=1)] = 0.99
    eps: NotNegative = 1e-8
    weight_decay: NotNegative = 0.0
    momentum: NotNegative = 0.0
    centered: bool = False
