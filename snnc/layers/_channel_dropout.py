"""The base of dropouts of whole channels."""

from typing import ClassVar

from snnc.layers._dropout import AnyDropout
from snnc.shapes import Shape, rank
from snnc.sizes import AXES
from snnc.window import alike


class ChannelDropout(AnyDropout):
    """Zeroes whole channels with probability ``p`` in training."""

    classes: ClassVar[dict[str, str]] = {
        "sequence": "ChannelDropout",
        "step": "StepChannelDropout",
    }
    inner: ClassVar[int]

    def shape(self, *inputs: Shape) -> Shape:
        rank(inputs[0], 1 + self.inner, f"[{AXES[self.inner]}]")
        return inputs[0]

    def corners(self, corner: Shape, *inputs: Shape) -> tuple[Shape, ...]:
        return alike(corner, *inputs)

    def drawn(self, shape: Shape) -> Shape:
        return shape[:2]
