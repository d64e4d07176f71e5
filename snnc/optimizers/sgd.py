"""SGD."""

from typing import ClassVar, Literal

from pydantic import ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from snnc.optimizers import NotNegative, Optimizer


class SGD(Optimizer):
    """Stochastic gradient descent, optionally with momentum.

    A step is ``lr`` times a running sum of gradients, which decays by ``momentum``. ``nesterov``
    looks ahead (Sutskever et al., On the importance of initialization and momentum, ICML 2013).
    """

    usual: ClassVar[tuple[float, float]] = (1e-5, 5.0)

    kind: Literal["SGD"] = "SGD"
    momentum: NotNegative = 0.0
    dampening: float = 0.0
    weight_decay: NotNegative = 0.0
    nesterov: bool = False

    @field_validator("nesterov")
    @classmethod
    def _nesterov_needs_momentum(cls, nesterov: bool, info: ValidationInfo) -> bool:
        if nesterov and (info.data.get("momentum") == 0 or info.data.get("dampening") != 0):
            message = "nesterov needs a momentum above 0 and no dampening"
            about = {"help": "add `momentum = 0.9`, and leave `dampening` out"}
            raise PydanticCustomError("nesterov_needs_momentum", message, about)
        return nesterov
