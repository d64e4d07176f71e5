"""SynapseFilter."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from snnc.neuron import Neuron
from snnc.number import KeptTimeConstant


class SynapseFilter(Neuron):
    """The current of a synapse: a spike adds to it, and it decays without a spike (SpikingJelly).

    A learnable ``tau`` stays above 1, as in PLIF.
    """

    example: ClassVar[str] = '{ kind = "SynapseFilter", tau = { value = 10.0, learnable = true } }'
    stem: ClassVar[str] = "synapse"
    step: ClassVar[str] = """
i = i - (1 - x) * i * (1 / tau) + x
"""
    states: ClassVar[Mapping[str, str | float]] = {"i": 0.0}
    output: ClassVar[str] = "i"

    kind: Literal["SynapseFilter"] = "SynapseFilter"
    tau: KeptTimeConstant = 100.0
