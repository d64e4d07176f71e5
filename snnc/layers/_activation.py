"""Activations: functions of each element, or of all along an axis, that keep the shape."""

from snnc.layer import Layer, Traits
from snnc.shapes import Shape
from snnc.window import alike

_ANY, _MONOTONE = Traits(), Traits(algebra="monotone")


class ElementwiseActivation(Layer):
    """A function of the elements of a sample."""

    kind: str = ""

    def traits(self, training: bool) -> Traits:
        return _ANY

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def corners(self, corner: Shape, *inputs: Shape) -> tuple[Shape, ...]:
        return alike(corner, *inputs)


class Monotone(ElementwiseActivation):
    """A function of each element that never decreases."""

    def traits(self, training: bool) -> Traits:
        return _MONOTONE
