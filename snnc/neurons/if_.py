"""IF."""

from typing import ClassVar, Literal

from snnc.neuron import ResettingNeuron


class IF(ResettingNeuron):
    """Integrate-and-fire: the potential sums the input up to the threshold."""

    example: ClassVar[str] = '{ kind = "IF", reset = "soft" }'
    stem: ClassVar[str] = "if"
    step: ClassVar[str] = """
h = v + x
s = spike(h - v_threshold)
v = reset(h, s)
"""

    kind: Literal["IF"] = "IF"
