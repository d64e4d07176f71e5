"""KLIF."""

from typing import ClassVar, Literal

from pydantic import Field

from snnc.neuron import ResettingNeuron
from snnc.number import Learned, TimeConstant


class KLIF(ResettingNeuron):
    """LIF whose potential passes a ReLU of learnable slope ``k`` (Jiang and Zhang, KLIF, 2023)."""

    example: ClassVar[str] = '{ kind = "KLIF", tau = 2.0 }'
    stem: ClassVar[str] = "klif"
    step: ClassVar[str] = """
c = v + (x - (v - v_reset)) / tau if decay_input else v - (v - v_reset) / tau + x
h = relu(k * c)
s = spike(h - v_threshold)
v = reset(h, s)
"""

    kind: Literal["KLIF"] = "KLIF"
    k: Learned = Field(1.0, validate_default=True)
    tau: TimeConstant = 2.0
    decay_input: bool = True
