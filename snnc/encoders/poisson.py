"""poisson."""

from collections.abc import Sequence
from typing import Any, Literal

from snnc.encoder import Encoder, drawn
from snnc.layer import Draw, Site, Traits
from snnc.randomness import literal
from snnc.step.bounds import Bounds

_FEWEST = 8
"""Steps that tell as many rates apart as three bits would."""


class Poisson(Encoder):
    """A spike with probability x at each time step.

    x must be in [0, 1], which is checked at run time.
    """

    kind: Literal["poisson"] = "poisson"

    def traits(self, training: bool) -> Traits:
        return Traits(random="step")

    def why(self) -> str:
        return "Poisson draws anew at every step"

    @property
    def bernoulli(self) -> bool:
        return True

    @property
    def spiking(self) -> bool:
        return True

    @property
    def domain(self) -> Bounds:
        return 0.0, 1.0

    def coarse(self, steps: int) -> str:
        few = steps < _FEWEST
        return f"{steps} Poisson steps tell {steps + 1} brightnesses apart" if few else ""

    def bounds(self, *inputs: Bounds) -> Bounds:
        return 0.0, 1.0

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        key = literal(name)
        if site == "step":
            return f"poisson({args[0]}, 1, seed, {key}, first + t).squeeze(0)"
        return f"poisson({args[0]}, time_steps, seed, {key}, first)"

    def uses(self, site: Site) -> tuple[str, ...]:
        return ("poisson", *drawn(site))

    def textbook(self, x: Any, t: int, steps: int, draw: Draw) -> Any:
        return (draw(tuple(x.shape), t) < x).to(x.dtype)
