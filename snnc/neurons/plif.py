"""PLIF."""

from typing import ClassVar, Literal

from pydantic import Field

from snnc.neuron import ResettingNeuron
from snnc.number import LearnedTimeConstant


class PLIF(ResettingNeuron):
    """Parametric LIF: its time constant is learned (Fang et al., ICCV 2021).

    ``tau`` is the start value. The learned parameter is w, with 1/tau = sigmoid(w).
    """

    example: ClassVar[str] = '{ kind = "PLIF", tau = { value = 2.0, per = "channel" } }'
    stem: ClassVar[str] = "plif"
    step: ClassVar[str] = """
h = v + (x - (v - v_reset)) / tau if decay_input else v - (v - v_reset) / tau + x
s = spike(h - v_threshold)
v = reset(h, s)
"""

    kind: Literal["PLIF"] = "PLIF"
    tau: LearnedTimeConstant = Field(2.0, validate_default=True)
    decay_input: bool = True
