"""Dropout."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from snnc.layer import Call, Draw, Layer, Shape, Site, Traits
from snnc.randomness import key


class Dropout(Layer):
    """Zeroes elements with probability ``p`` in training and scales the others by 1/(1 - p).

    ``mask = "sequence"`` (the usual choice in SNNs) drops the same elements at all steps of a
    sample, ``"step"`` draws anew at every step.
    """

    stem: ClassVar[str] = "dropout"

    kind: Literal["Dropout"] = "Dropout"
    p: Annotated[float, Field(ge=0, lt=1)] = 0.5
    mask: Literal["sequence", "step"] = "sequence"

    @property
    def over_time(self) -> bool:
        return True

    def traits(self, training: bool) -> Traits:
        return Traits(random=self.mask) if training else Traits(algebra="move")

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def attribute(self, name: str, *inputs: Shape) -> Call:
        target = "Dropout" if self.mask == "sequence" else "StepDropout"
        return Call(target, (self.p, key(name)), names=("p", "key"))

    def helpers(self, site: Site) -> tuple[str, ...]:
        return ("uniform", "dropout" if self.mask == "sequence" else "step_dropout")

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        (x,) = args
        if self.mask == "sequence":
            return f"self.{name}({x}, seed{', batch_axis=1' if site == 'fold' else ''})"
        if site == "fold":
            return f"self.{name}({x}, seed, first)"
        return f"self.{name}({x}.unsqueeze(0), seed, first + t).squeeze(0)"

    def textbook(self, x: Any, t: int, draw: Draw) -> Any:
        kept = draw(tuple(x.shape), 0 if self.mask == "sequence" else t) >= self.p
        return x * kept.to(x.dtype) / (1 - self.p)
