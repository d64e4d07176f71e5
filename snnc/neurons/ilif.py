"""ILIF."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from snnc.neuron import Neuron
from snnc.number import Positive, TimeConstant
from snnc.sizes import Positive as Count
from snnc.step.link import Reset


class ILIF(Neuron):
    """Integer LIF (Luo et al., SpikeYOLO, ECCV 2024): up to D spikes per time step.

    The value is the number of spikes. The reset subtracts it, times the threshold. The gradient is
    1 / v_threshold where the number is not clipped.
    """

    example: ClassVar[str] = '{ kind = "ILIF", tau = 2.0 }'
    stem: ClassVar[str] = "ilif"
    step: ClassVar[str] = """
h = (1 - 1 / tau) * v + x
s = round(clip(h / v_threshold, 0, D))
v = reset(h, s)
"""
    states: ClassVar[Mapping[str, str | float]] = {"v": 0.0}
    spiking: ClassVar[bool] = True

    kind: Literal["ILIF"] = "ILIF"
    tau: TimeConstant = 4 / 3
    v_threshold: Positive = 1.0
    D: Count = 4
    detach_reset: bool = False

    @property
    def reset_rule(self) -> Reset:
        return Reset("soft", self.detach_reset)
