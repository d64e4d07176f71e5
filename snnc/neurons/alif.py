"""ALIF."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from snnc.neuron import ResettingNeuron
from snnc.number import Number, Positive, TimeConstant


class ALIF(ResettingNeuron):
    """LIF whose threshold rises with every spike (Bellec et al., LSNN, NeurIPS 2018).

    The threshold is ``v_threshold + beta * a``. The state ``a`` follows the spikes with the time
    constant ``tau_a``. A soft reset subtracts the risen threshold.
    """

    example: ClassVar[str] = '{ kind = "ALIF", tau = 10.0, tau_a = 100.0, beta = 1.8 }'
    stem: ClassVar[str] = "alif"
    step: ClassVar[str] = """
h = v + (x - (v - v_reset)) / tau if decay_input else v - (v - v_reset) / tau + x
theta = v_threshold + beta * a
s = spike(h - theta)
v = reset(h, s, theta)
rho = exp(-1 / tau_a)
a = rho * a + (1 - rho) * s
"""
    states: ClassVar[Mapping[str, str | float]] = {"v": "v_reset", "a": 0.0}

    kind: Literal["ALIF"] = "ALIF"
    tau: TimeConstant = 2.0
    tau_a: Positive = 200.0
    beta: Number = 1.8
    decay_input: bool = True
