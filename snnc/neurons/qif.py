"""QIF."""

from typing import ClassVar, Literal

from snnc.neuron import ResettingNeuron
from snnc.number import Number, Positive, TimeConstant


class QIF(ResettingNeuron):
    """Quadratic integrate-and-fire (Gerstner et al., Neuronal Dynamics, 5.3).

    The potential decays to ``v_rest`` below the critical potential ``v_c`` and grows above it.
    ``a0`` sets the speed.
    """

    example: ClassVar[str] = '{ kind = "QIF", tau = 4.0 }'
    stem: ClassVar[str] = "qif"
    step: ClassVar[str] = """
h = v + (x + a0 * (v - v_rest) * (v - v_c)) / tau
s = spike(h - v_threshold)
v = reset(h, s)
"""

    kind: Literal["QIF"] = "QIF"
    tau: TimeConstant = 2.0
    v_c: Number = 0.8
    a0: Positive = 1.0
    v_rest: Number = 0.0
    v_reset: Number = -0.1
