"""none."""

from collections.abc import Sequence
from typing import Any, Literal

from snnc.encoder import Encoder
from snnc.layer import Draw, Site, Traits


class NoEncoder(Encoder):
    """The data already is a sequence, [T, B, ...]: frames of events, spike trains, sound."""

    kind: Literal["none"] = "none"

    @property
    def timed_data(self) -> bool:
        return True

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="move")

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        return f"{args[0]}[t]" if site == "step" else args[0]

    def uses(self, site: Site) -> tuple[str, ...]:
        return ("t",) if site == "step" else ()

    def textbook(self, x: Any, t: int, steps: int, draw: Draw) -> Any:
        return x[t]
