"""The base of temporal effective batch norms."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

from pydantic import PrivateAttr

from snnc.layer import Call, Draw, Kept, Role, Site, Traits
from snnc.layers._batch_norm import Normalisation
from snnc.shapes import Shape


class ForEachStep(Normalisation):
    """A normalisation with a parameter for each time step, which fixes the number of steps."""

    role: ClassVar[Role] = ""
    _steps: int = PrivateAttr(default=1)

    @property
    def fixes_time(self) -> bool:
        return True

    @property
    def over_time(self) -> bool:
        return True

    def bound(self, time_steps: int) -> Self:
        copy = self.model_copy()
        copy._steps = time_steps
        return copy

    def torch_call(self, *inputs: Shape) -> None:
        return None

    def attribute(self, name: str, *inputs: Shape) -> Call:
        args = (*self.leading(*inputs), self._steps)
        return Call(self.kind, args, self.keywords(), names=("num_features", "time_steps"))


class TEBN(ForEachStep):
    """Statistics of the whole sequence, then a learned factor per time step, which starts at 1."""

    def traits(self, training: bool) -> Traits:
        # the factor depends on the step, whatever the input
        return Traits(time="whole", batch=True, updates=True) if training else Traits("indexed")

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        return f"self.{name}({args[0]}, first)"

    def uses(self, site: Site) -> tuple[str, ...]:
        return ("first",)

    def why(self) -> str:
        return "has a factor of its own for every step"

    def kept(self, *inputs: Shape) -> Kept:
        module = Call(self.module, self.leading(*inputs), self.keywords())
        return Kept(module, {"scale": ((self._steps,), 1.0)})

    def parameters(self, *inputs: Shape) -> int:
        return super().parameters(*inputs) + self._steps

    def textbook_steps(
        self, inputs: Sequence[Any], module: Any, training: bool, draw: Draw
    ) -> Iterable[Any]:
        (x,) = inputs
        normal = module(x.flatten(0, 1)).unflatten(0, x.shape[:2])
        return [x_t * scale for x_t, scale in zip(normal, module.scale, strict=True)]
