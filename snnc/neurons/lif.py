"""LIF."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.neuron import SpikingNeuron


class LIF(SpikingNeuron):
    """Leaky integrate-and-fire: the potential decays to its resting value.

    ``tau``, the time constant, is in steps; with ``decay_input`` the input is divided by it too.
    """

    stem: ClassVar[str] = "lif"
    step: ClassVar[str] = """
h = v + (x - (v - v_reset)) / tau if decay_input else v - (v - v_reset) / tau + x
s = spike(h - v_threshold)
v = reset(h, s)
"""

    kind: Literal["LIF"] = "LIF"
    tau: Annotated[float, Field(gt=1)] = 2.0
    decay_input: bool = True
