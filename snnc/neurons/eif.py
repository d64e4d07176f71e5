"""EIF."""

from typing import ClassVar, Literal

from snnc.neuron import ResettingNeuron
from snnc.number import Number, Positive, TimeConstant


class EIF(ResettingNeuron):
    """Exponential integrate-and-fire (Gerstner et al., Neuronal Dynamics, 5.2).

    The potential grows exponentially above the rheobase threshold ``theta_rh``. A smaller ``dT``
    makes the onset sharper.
    """

    example: ClassVar[str] = '{ kind = "EIF", tau = 4.0 }'
    stem: ClassVar[str] = "eif"
    step: ClassVar[str] = """
h = v + (x + v_rest - v + dT * exp((v - theta_rh) / dT)) / tau
s = spike(h - v_threshold)
v = reset(h, s)
"""

    kind: Literal["EIF"] = "EIF"
    tau: TimeConstant = 2.0
    dT: Positive = 1.0
    theta_rh: Number = 0.8
    v_rest: Number = 0.0
    v_reset: Number = -0.1
