"""LIF."""

from typing import ClassVar, Literal

from snnc.neuron import ResettingNeuron
from snnc.number import TimeConstant


class LIF(ResettingNeuron):
    """Leaky integrate-and-fire: the potential decays to its resting value.

    ``tau`` is the time constant in time steps. With ``decay_input``, it divides the input too.
    """

    example: ClassVar[str] = (
        '{ kind = "LIF", tau = 4.0, reset = "soft", detach_reset = true, surrogate = "Sigmoid" }'
    )
    stem: ClassVar[str] = "lif"
    step: ClassVar[str] = """
h = v + (x - (v - v_reset)) / tau if decay_input else v - (v - v_reset) / tau + x
s = spike(h - v_threshold)
v = reset(h, s)
"""

    kind: Literal["LIF"] = "LIF"
    tau: TimeConstant = 2.0
    decay_input: bool = True
