"""ReLU."""

from typing import ClassVar, Literal

from snnc.layer import Layer, Shape, Traits


class ReLU(Layer):
    """max(x, 0), element by element (torch.nn.ReLU)."""

    stem: ClassVar[str] = "relu"
    torch: ClassVar[str] = "nn.ReLU"

    kind: Literal["ReLU"] = "ReLU"

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="monotone")

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]
