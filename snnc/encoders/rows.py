"""rows."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from snnc.encoder import Encoder, moments
from snnc.layer import Draw, Site, Traits
from snnc.shapes import Shape, rank


class Rows(Encoder):
    """An image [C, H, W] row by row: T = H steps of [C·W]."""

    sweep: ClassVar[Literal["", "columns", "rows"]] = "rows"

    kind: Literal["rows"] = "rows"

    def traits(self, training: bool) -> Traits:
        return Traits(time="indexed")

    def why(self) -> str:
        return "another row of the image at every step"

    def steps(self, shape: Shape) -> int:
        return shape[-2]

    def shape(self, *inputs: Shape) -> Shape:
        rank(inputs[0], 3, "[C, H, W]")
        channels, _, width = inputs[0]
        return (channels * width,)

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        if site == "step":
            return f"{args[0]}[..., first + t, :].flatten(1)"
        return f"{args[0]}.movedim(-2, 0)[first : first + time_steps].flatten(2)"

    def uses(self, site: Site) -> tuple[str, ...]:
        return moments(site)

    def textbook(self, x: Any, t: int, steps: int, draw: Draw) -> Any:
        return x[..., t, :].flatten(1)
