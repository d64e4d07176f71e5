"""Sigmoid."""

from typing import ClassVar, Literal

from snnc.layers._activation import Monotone
from snnc.step.bounds import Bounds


class SigmoidLayer(Monotone):
    """1 / (1 + exp(-x)), element by element (torch.nn.Sigmoid).

    As a ``surrogate``, ``"Sigmoid"`` means the slope of this curve.
    """

    example: ClassVar[str] = '{ kind = "Sigmoid" }'
    stem: ClassVar[str] = "sigmoid"
    torch: ClassVar[str] = "nn.Sigmoid"

    kind: Literal["Sigmoid"] = "Sigmoid"

    def bounds(self, *inputs: Bounds) -> Bounds:
        return 0.0, 1.0
