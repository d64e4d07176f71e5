"""Softmax."""

from typing import ClassVar, Literal

from snnc.layer import Call, Role
from snnc.layers._activation import ElementwiseActivation
from snnc.shapes import Shape, axis
from snnc.step.bounds import Bounds


class Softmax(ElementwiseActivation):
    """exp(x) over its sum along ``dim`` (torch.nn.Softmax); 0 is the channel axis of a sample."""

    example: ClassVar[str] = '{ kind = "Softmax", dim = 0 }'
    stem: ClassVar[str] = "softmax"
    role: ClassVar[Role] = "softmax"

    kind: Literal["Softmax"] = "Softmax"
    dim: int = 0

    def shape(self, *inputs: Shape) -> Shape:
        axis(inputs[0], self.dim, "dim")
        return inputs[0]

    def corners(self, corner: Shape, *inputs: Shape) -> tuple[Shape, ...]:
        return inputs if axis(inputs[0], self.dim, "dim") else super().corners(corner, *inputs)

    def bounds(self, *inputs: Bounds) -> Bounds:
        return 0.0, 1.0

    def torch_call(self, *inputs: Shape) -> Call:
        # PyTorch counts the batch axis too
        return Call("nn.Softmax", keywords={"dim": axis(inputs[0], self.dim, "dim") + 1})
