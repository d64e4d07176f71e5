"""TernaryLIF."""

from typing import ClassVar, Literal

from snnc.neuron import ResettingNeuron
from snnc.number import TimeConstant


class TernaryLIF(ResettingNeuron):
    """LIF that fires 1 above the threshold and -1 below its negative (Guo et al., AAAI 2024)."""

    example: ClassVar[str] = '{ kind = "TernaryLIF", tau = 4.0 }'
    stem: ClassVar[str] = "ternary_lif"
    step: ClassVar[str] = """
h = v + (x - (v - v_reset)) / tau if decay_input else v - (v - v_reset) / tau + x
s = spike(h - v_threshold) - spike(-h - v_threshold)
v = reset(h, s if soft else abs(s))
"""

    kind: Literal["TernaryLIF"] = "TernaryLIF"
    tau: TimeConstant = 2.0
    decay_input: bool = True
