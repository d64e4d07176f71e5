"""Layers about which something else is wrong: what reads them is not to blame for it."""

from typing import ClassVar

from pydantic import ConfigDict

from snnc.layer import Layer, Traits
from snnc.shapes import Shape
from snnc.surrogate import Surrogate


class Opaque(Layer):
    """A layer of which nothing is known: it may have any key and any inputs."""

    model_config = ConfigDict(extra="allow")

    stem: ClassVar[str] = "unknown"
    kind: str = ""

    def traits(self, training: bool) -> Traits:
        return Traits()

    def shape(self, *inputs: Shape) -> Shape:
        """Nothing is known of it; nobody asks."""
        return inputs[0]


class OpaqueReader(Opaque):
    """A layer of which not even that is known what it reads."""


class OpaqueNeuron(Opaque):
    """A neuron whose equations are wrong: its value has the shape of its input."""


class OpaqueSurrogate(Surrogate):
    """A surrogate whose expression is wrong."""

    model_config = ConfigDict(extra="allow")

    gradient: ClassVar[str] = "1"
    kind: str = ""
