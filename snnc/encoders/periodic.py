"""periodic."""

from collections.abc import Sequence
from typing import Any, Literal

from snnc.encoder import Encoder, moments
from snnc.layer import Draw, Site, Traits
from snnc.shapes import Shape, ShapeError, show


class Periodic(Encoder):
    """The data holds one period, [P, ...]: at step t the network reads entry t mod P.

    The period is the first axis of ``shape``. It is repeated or cut to fit T.
    """

    kind: Literal["periodic"] = "periodic"

    def traits(self, training: bool) -> Traits:
        return Traits(time="indexed")

    def why(self) -> str:
        return "another entry of the period at every step"

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        if len(shape) < 2:
            raise ShapeError(f"expected one period [P, ...], got {show(shape)}")
        return shape[1:]

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        (x,) = args
        if site == "step":
            return f"{x}[:, (first + t) % {x}.shape[1]]"
        return f"{x}[:, (torch.arange(time_steps) + first) % {x}.shape[1]].movedim(1, 0)"

    def uses(self, site: Site) -> tuple[str, ...]:
        return moments(site) if site == "step" else (*moments(site), "torch")

    def textbook(self, x: Any, t: int, steps: int, draw: Draw) -> Any:
        return x[:, t % x.shape[1]]
