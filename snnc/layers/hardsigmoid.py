"""Hardsigmoid."""

from typing import ClassVar, Literal

from snnc.layers._activation import Monotone
from snnc.step.bounds import Bounds


class Hardsigmoid(Monotone):
    """min(max(x + 3, 0), 6) / 6 (torch.nn.Hardsigmoid): a gate between 0 and 1."""

    example: ClassVar[str] = '{ kind = "Hardsigmoid" }'
    stem: ClassVar[str] = "hardsigmoid"
    torch: ClassVar[str] = "nn.Hardsigmoid"

    kind: Literal["Hardsigmoid"] = "Hardsigmoid"

    def bounds(self, *inputs: Bounds) -> Bounds:
        return 0.0, 1.0
