"""poisson."""

from collections.abc import Sequence
from typing import Any, Literal

from snnc.encoder import Encoder, drawn
from snnc.layer import Draw, Site, Traits
from snnc.randomness import literal


class Poisson(Encoder):
    """A spike with probability x at each time step.

    x must be in [0, 1], which is checked at run time.
    """

    kind: Literal["poisson"] = "poisson"

    def traits(self, training: bool) -> Traits:
        return Traits(random="step")

    def why(self) -> str:
        return "Poisson draws anew at every step"

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        key = literal(name)
        if site == "step":
            return f"poisson({args[0]}, 1, seed, {key}, first + t).squeeze(0)"
        return f"poisson({args[0]}, time_steps, seed, {key}, first)"

    def uses(self, site: Site) -> tuple[str, ...]:
        return ("poisson", *drawn(site))

    def textbook(self, x: Any, t: int, steps: int, draw: Draw) -> Any:
        return (draw(tuple(x.shape), t) < x).to(x.dtype)
