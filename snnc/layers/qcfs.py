"""QCFS."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.layer import Role
from snnc.neuron import Neuron
from snnc.number import Number, Value
from snnc.sizes import Positive


class QCFS(Neuron):
    """Quantised, clipped, shifted ReLU: a neuron with ``levels`` time steps.

    The value is λ·clip(⌊x·L/λ + 1/2⌋/L, 0, 1), with L = ``levels`` and a learned threshold λ that
    starts at ``init``. The floor passes gradients unchanged (Bu et al., ICLR 2022). [convert] turns
    the layer into a neuron with the threshold λ.
    """

    example: ClassVar[str] = '{ kind = "QCFS", levels = 8 }'
    stem: ClassVar[str] = "qcfs"
    role: ClassVar[Role] = "activation"
    states: ClassVar[Mapping[str, str | float]] = {}
    output: ClassVar[str] = "y"
    step: ClassVar[str] = """
z = floor(clip(x / threshold, 0.0, 1.0) * levels + 0.5)
y = threshold * z / levels
"""

    kind: Literal["QCFS"] = "QCFS"
    levels: Positive = 4
    init: Annotated[float, Field(gt=0)] = 8.0

    def stated(self) -> dict[str, Number | bool]:
        threshold = Value(value=self.init, learnable=True)
        return {"threshold": threshold, "levels": float(self.levels)}
