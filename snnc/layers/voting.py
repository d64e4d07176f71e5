"""Voting."""

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from snnc.layer import Draw, Layer, Site, Traits
from snnc.shapes import Shape, ShapeError, plural, rank
from snnc.sizes import Positive
from snnc.step.bounds import Bounds


class Voting(Layer):
    """The mean over groups of ``voters`` neighbouring features: [C] to [C / voters].

    Each class has several neurons that vote for it (Fang et al., ICCV 2021).
    """

    example: ClassVar[str] = '{ kind = "Voting", voters = 8 }'
    stem: ClassVar[str] = "voting"

    kind: Literal["Voting"] = "Voting"
    voters: Positive = 10

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="linear")

    def shape(self, *inputs: Shape) -> Shape:
        rank(inputs[0], 1, "[C]")
        (features,) = inputs[0]
        if features % self.voters:
            message = f"{plural(features, 'feature')} cannot be split into groups of {self.voters}"
            raise ShapeError(message, "voters")
        return (features // self.voters,)

    def bounds(self, *inputs: Bounds) -> Bounds:
        return inputs[0]

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        return f"torch.unflatten({args[0]}, 1, (-1, {self.voters})).mean(2)"

    def uses(self, site: Site) -> tuple[str, ...]:
        return ("torch",)

    def textbook(
        self, inputs: Sequence[Any], t: int, module: Any, training: bool, draw: Draw
    ) -> Any:
        return inputs[0].unflatten(1, (-1, self.voters)).sum(2) / self.voters
