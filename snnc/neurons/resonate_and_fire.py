"""ResonateAndFire."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from snnc.neuron import SpikingNeuron
from snnc.number import Number, Positive


class ResonateAndFire(SpikingNeuron):
    """A damped oscillator that fires when v reaches the threshold (Izhikevich, 2001).

    The state (u, v) turns by ``w`` and shrinks by ``e^b`` per unit of time. A time step has ``dt``
    units. The input drives u. A spike sets the state to (0, v_threshold).
    """

    example: ClassVar[str] = '{ kind = "ResonateAndFire", w = 2.0, b = -0.1 }'
    stem: ClassVar[str] = "resonate"
    step: ClassVar[str] = """
decay = exp(b * dt)
p = decay * (u * cos(w * dt) - v * sin(w * dt)) + x
h = decay * (u * sin(w * dt) + v * cos(w * dt))
s = spike(h - v_threshold)
r = detach(s) if detach_reset else s
u = (1 - r) * p
v = r * v_threshold + (1 - r) * h
"""
    states: ClassVar[Mapping[str, str | float]] = {"u": 0.0, "v": 0.0}

    kind: Literal["ResonateAndFire"] = "ResonateAndFire"
    b: Number = -0.2
    w: Number = 1.0
    dt: Positive = 1.0
