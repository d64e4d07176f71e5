"""AdaptiveAvgPool2d."""

from typing import ClassVar, Literal

from snnc.layer import Layer, Shape, Traits, rank
from snnc.sizes import Size2, spread


class AdaptiveAvgPool2d(Layer):
    """The mean over a grid of ``output_size`` windows of [C, H, W] (torch.nn.AdaptiveAvgPool2d)."""

    stem: ClassVar[str] = "pool"
    torch: ClassVar[str] = "nn.AdaptiveAvgPool2d"

    kind: Literal["AdaptiveAvgPool2d"] = "AdaptiveAvgPool2d"
    output_size: Size2

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="linear")

    def shape(self, *inputs: Shape) -> Shape:
        rank(inputs[0], 3, "[C, H, W]")
        return inputs[0][0], *spread(self.output_size, 2)
