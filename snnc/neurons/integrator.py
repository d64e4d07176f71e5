"""I."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from snnc.neuron import Neuron


class Integrator(Neuron):
    """Integrator: a readout whose value is the sum of all inputs so far. It never fires."""

    example: ClassVar[str] = '{ kind = "I" }'
    stem: ClassVar[str] = "i"
    step: ClassVar[str] = """
v = v + x
"""
    states: ClassVar[Mapping[str, str | float]] = {"v": 0.0}
    output: ClassVar[str] = "v"

    kind: Literal["I"] = "I"
