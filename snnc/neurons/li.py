"""LI."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from snnc.neuron import Neuron
from snnc.number import TimeConstant


class LI(Neuron):
    """Leaky integrator: a readout whose value is its potential. It never fires."""

    example: ClassVar[str] = '{ kind = "LI", tau = 10.0 }'
    stem: ClassVar[str] = "li"
    step: ClassVar[str] = """
v = v + (x - v) / tau if decay_input else v - v / tau + x
"""
    states: ClassVar[Mapping[str, str | float]] = {"v": 0.0}
    output: ClassVar[str] = "v"

    kind: Literal["LI"] = "LI"
    tau: TimeConstant = 2.0
    decay_input: bool = True
