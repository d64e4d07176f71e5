"""Delayed edges: a value as it was some time steps earlier."""

from collections.abc import Sequence
from typing import Literal

from snnc.layer import Operator, Site, Traits
from snnc.shapes import Shape
from snnc.sizes import Positive
from snnc.step.bounds import Bounds, hull


class Past(Operator):
    """Another value ``steps`` steps earlier, 0 before the first: the edge ``"hidden@-1"``.

    It depends on nothing of its own step, so that a cycle through it can be computed.
    """

    kind: Literal["delay"] = "delay"
    steps: Positive

    @property
    def over_time(self) -> bool:
        return True

    @property
    def remembers(self) -> int:
        return self.steps

    def traits(self, training: bool) -> Traits:
        return Traits(time="causal", algebra="move")

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def bounds(self, *inputs: Bounds) -> Bounds:
        return hull(*inputs, (0.0, 0.0))

    def carries(self) -> dict[str, float | str]:
        return {"": 0.0}

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        """All steps at once: a shift; in a loop the value is a variable of the loop."""
        return f'delayed_by({args[0]}, {self.steps}, "{name}", state)'

    def uses(self, site: Site) -> tuple[str, ...]:
        return ("delayed_by", "state")

    def why(self) -> str:
        return "0 before its first step: it changes over time"
