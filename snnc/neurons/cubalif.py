"""CUBALIF."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from snnc.neuron import ResettingNeuron
from snnc.number import Decay, Positive


class CUBALIF(ResettingNeuron):
    """Current-based LIF: a synaptic current c charges the potential (as in Loihi and lava-dl).

    Current and potential each decay by a factor per time step.
    """

    example: ClassVar[str] = '{ kind = "CUBALIF", c_decay = 0.5, v_decay = 0.9, v_threshold = 1.0 }'
    stem: ClassVar[str] = "cubalif"
    step: ClassVar[str] = """
c = c * c_decay + x
h = v * v_decay + c
s = spike(h - v_threshold)
v = reset(h, s)
"""
    states: ClassVar[Mapping[str, str | float]] = {"c": 0.0, "v": "v_reset"}

    kind: Literal["CUBALIF"] = "CUBALIF"
    v_threshold: Positive = 0.5
    c_decay: Decay = 0.5
    v_decay: Decay = 0.75
