"""Izhikevich."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from snnc.neuron import ResettingNeuron
from snnc.number import Number, Positive, TimeConstant


class Izhikevich(ResettingNeuron):
    """A quadratic neuron with a recovery variable w (Izhikevich, IEEE TNN 2003).

    ``w`` follows the potential with the weight ``a`` and the time constant ``tau_w``. It jumps by
    ``b`` at a spike.
    """

    example: ClassVar[str] = '{ kind = "Izhikevich", tau = 4.0, tau_w = 20.0, a = 0.1, b = 0.2 }'
    stem: ClassVar[str] = "izhikevich"
    step: ClassVar[str] = """
h = v + (x + a0 * (v - v_rest) * (v - v_c) - w) / tau
s = spike(h - v_threshold)
v = reset(h, s)
w = w + (a * (h - v_rest) - w) / tau_w + b * s
"""
    states: ClassVar[Mapping[str, str | float]] = {"v": "v_reset", "w": 0.0}

    kind: Literal["Izhikevich"] = "Izhikevich"
    tau: TimeConstant = 2.0
    v_c: Number = 0.8
    a0: Positive = 1.0
    v_rest: Number = -0.1
    tau_w: TimeConstant = 2.0
    a: Number = 0.0
    b: Number = 0.0
