"""direct."""

from collections.abc import Sequence
from typing import Any, Literal

from snnc.encoder import Encoder
from snnc.layer import Draw, Site, Traits


class Direct(Encoder):
    """The data itself at every time step: a static input, so the layers after it run once."""

    kind: Literal["direct"] = "direct"

    def traits(self, training: bool) -> Traits:
        return Traits(algebra="move")

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        (x,) = args
        return f"{x}.expand(time_steps, *{x}.shape)" if site == "fold" else x

    def uses(self, site: Site) -> tuple[str, ...]:
        return ("time_steps",) if site == "fold" else ()

    def textbook(self, x: Any, t: int, steps: int, draw: Draw) -> Any:
        return x
