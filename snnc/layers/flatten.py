"""Flatten."""

from math import prod
from typing import ClassVar, Literal

from snnc.layer import Call, Layer, Shape, ShapeError, Traits, show


class Flatten(Layer):
    """Joins the axes ``start_dim`` to ``end_dim`` of a sample into one (torch.nn.Flatten).

    Axes are a sample's own: 0 is the channel (PyTorch counts the batch, so it sees one more).
    """

    stem: ClassVar[str] = "flatten"

    kind: Literal["Flatten"] = "Flatten"
    start_dim: int = 0
    end_dim: int = -1

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="move")

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        start, end = (self._axis(shape, key) for key in ("start_dim", "end_dim"))
        if start > end:
            raise ShapeError(f"`start_dim` comes after `end_dim` in {show(shape)}", "start_dim")
        return (*shape[:start], prod(shape[start : end + 1]), *shape[end + 1 :])

    def torch_call(self, *inputs: Shape) -> Call:
        start, end = (self._axis(inputs[0], key) + 1 for key in ("start_dim", "end_dim"))
        last = end == len(inputs[0])
        return Call("nn.Flatten", () if (start, last) == (1, True) else (start, end))

    def _axis(self, shape: Shape, key: Literal["start_dim", "end_dim"]) -> int:
        axis: int = getattr(self, key)
        if not -len(shape) <= axis < len(shape):
            raise ShapeError(f"`{key}` is {axis}, but a sample is {show(shape)}", key)
        return axis % len(shape)
