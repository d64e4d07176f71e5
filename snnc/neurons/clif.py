"""CLIF."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from snnc.neuron import SpikingNeuron
from snnc.number import TimeConstant


class CLIF(SpikingNeuron):
    """Complementary LIF (Huang et al., ICML 2024): the state m remembers spikes.

    The reset always subtracts the threshold and, on top, ``sigmoid(m)``.
    """

    example: ClassVar[str] = '{ kind = "CLIF", tau = 2.0 }'
    stem: ClassVar[str] = "clif"
    step: ClassVar[str] = """
h = v - v / tau + x
s = spike(h - v_threshold)
m = m * sigmoid(h / tau) + s
v = reset(h, s, v_threshold + sigmoid(m))
"""
    states: ClassVar[Mapping[str, str | float]] = {"v": 0.0, "m": 0.0}

    kind: Literal["CLIF"] = "CLIF"
    tau: TimeConstant = 2.0
