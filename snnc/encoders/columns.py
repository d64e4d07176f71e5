"""columns."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from snnc.encoder import Encoder, moments
from snnc.layer import Draw, Site, Traits
from snnc.shapes import Shape, rank


class Columns(Encoder):
    """An image [C, H, W] column by column: T = W steps of [C·H]."""

    sweep: ClassVar[Literal["", "columns", "rows"]] = "columns"

    kind: Literal["columns"] = "columns"

    def traits(self, training: bool) -> Traits:
        return Traits(time="indexed")

    def why(self) -> str:
        return "another column of the image at every step"

    def steps(self, shape: Shape) -> int:
        return shape[-1]

    def shape(self, *inputs: Shape) -> Shape:
        rank(inputs[0], 3, "[C, H, W]")
        channels, height, _ = inputs[0]
        return (channels * height,)

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        if site == "step":
            return f"{args[0]}[..., first + t].flatten(1)"
        return f"{args[0]}.movedim(-1, 0)[first : first + time_steps].flatten(2)"

    def uses(self, site: Site) -> tuple[str, ...]:
        return moments(site)

    def textbook(self, x: Any, t: int, steps: int, draw: Draw) -> Any:
        return x[..., t].flatten(1)
