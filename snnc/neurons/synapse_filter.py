"""SynapseFilter."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from snnc.neuron import Neuron
from snnc.number import KeptTimeConstant


class SynapseFilter(Neuron):
    """A synapse's current: a spike is added to it; without one it decays (SpikingJelly).

    A learnable ``tau`` is kept above 1 as in PLIF.
    """

    example: ClassVar[str] = '{ kind = "SynapseFilter", tau = { value = 10.0, learnable = true } }'
    stem: ClassVar[str] = "synapse"
    step: ClassVar[str] = """
i = i - (1 - x) * i / tau + x
"""
    states: ClassVar[Mapping[str, str | float]] = {"i": 0.0}
    output: ClassVar[str] = "i"

    kind: Literal["SynapseFilter"] = "SynapseFilter"
    tau: KeptTimeConstant = 100.0
