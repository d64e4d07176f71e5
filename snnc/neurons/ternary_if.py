"""TernaryIF."""

from typing import ClassVar, Literal

from snnc.neuron import ResettingNeuron


class TernaryIF(ResettingNeuron):
    """IF that fires 1 above the threshold and -1 below its negative (Guo et al., AAAI 2024)."""

    example: ClassVar[str] = '{ kind = "TernaryIF", v_threshold = 0.5 }'
    stem: ClassVar[str] = "ternary_if"
    step: ClassVar[str] = """
h = v + x
s = spike(h - v_threshold) - spike(-h - v_threshold)
v = reset(h, s if soft else abs(s))
"""

    kind: Literal["TernaryIF"] = "TernaryIF"
