"""The base of dropouts: one mask for the sequence, or one for each time step."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from snnc.layer import Call, Draw, Layer, Role, Site, Traits
from snnc.randomness import key
from snnc.shapes import Shape
from snnc.step.bounds import Bounds, hull


class AnyDropout(Layer):
    """Zeroes elements, or groups that are drawn together, with probability ``p`` in training.

    ``classes`` are the modules for the masks "sequence" and "step".
    """

    stem: ClassVar[str] = "dropout"
    role: ClassVar[Role] = "noise"
    classes: ClassVar[dict[str, str]]

    kind: str = ""
    p: Annotated[float, Field(ge=0, lt=1)] = 0.5
    mask: Literal["sequence", "step"] = "sequence"

    @property
    def over_time(self) -> bool:
        return True

    def traits(self, training: bool) -> Traits:
        return Traits(random=self.mask) if training else Traits(algebra="move")

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def bounds(self, *inputs: Bounds) -> Bounds:
        low, high = hull(*inputs, (0.0, 0.0))
        return low / (1 - self.p), high / (1 - self.p)

    def idle(self, *inputs: Shape) -> str:
        return "`p` is 0" if self.p == 0 else ""

    def drawn(self, shape: Shape) -> Shape:
        """The shape of the random numbers for x [B, ...]; the axes behind it share a number."""
        return shape

    def attribute(self, name: str, *inputs: Shape) -> Call:
        return Call(self.classes[self.mask], (self.p, key(name)), names=("p", "key"))

    def uses(self, site: Site) -> tuple[str, ...]:
        if self.mask == "sequence":
            return ("seed",)
        return ("seed", "first") if site == "fold" else ("seed", "first", "t")

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        (x,) = args
        if self.mask == "sequence":
            return f"self.{name}({x}, seed{', batch_axis=1' if site == 'fold' else ''})"
        if site == "fold":
            return f"self.{name}({x}, seed, first)"
        return f"self.{name}({x}.unsqueeze(0), seed, first + t).squeeze(0)"

    def textbook(
        self, inputs: Sequence[Any], t: int, module: Any, training: bool, draw: Draw
    ) -> Any:
        (x,) = inputs
        if not training:
            return x
        shape = self.drawn(tuple(x.shape))
        kept = draw(shape, 0 if self.mask == "sequence" else t) >= self.p
        return x * kept.to(x.dtype).reshape(*shape, *[1] * (x.ndim - len(shape))) / (1 - self.p)
