"""A neuron that somebody adds."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from snnc.neuron import SpikingNeuron


class Resting(SpikingNeuron):
    """A neuron that hears less for some time after each spike."""

    example: ClassVar[str] = '{ kind = "Resting", v_threshold = 0.5 }'
    stem: ClassVar[str] = "resting"
    states: ClassVar[Mapping[str, str | float]] = {"v": 0.0, "r": 0.0}
    step: ClassVar[str] = """
h = 0.5 * v + x * exp(-r)
s = spike(h - v_threshold)
v = reset(h, s, v_threshold)
r = 0.5 * r + s
"""

    kind: Literal["Resting"] = "Resting"
