"""population."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from snnc.encoder import Encoder, drawn
from snnc.layer import Draw, Site, Traits
from snnc.randomness import literal
from snnc.shapes import Shape
from snnc.sizes import MOST
from snnc.step.bounds import Bounds

_FEWEST = 8
"""Steps that tell as many rates apart as three bits would."""


class Population(Encoder):
    """Each channel becomes ``neurons`` channels that are tuned to different values of it.

    The preferred values lie evenly from ``low`` to ``high``. x must lie in this range, which is
    checked at run time. The answer of a neuron is exp(-(x - preferred)²/(2 sigma²)). ``sigma`` is
    the distance between two preferred values unless stated. ``spikes = "none"`` gives the answers
    themselves, the same at every time step. ``"poisson"`` gives a spike with that probability at
    every time step. Channel c, neuron i is channel c · neurons + i.
    """

    kind: Literal["population"] = "population"
    neurons: Annotated[int, Field(ge=2, le=MOST)]
    low: float = 0.0
    high: float = 1.0
    sigma: Annotated[float, Field(gt=0)] | None = None
    spikes: Literal["none", "poisson"] = "none"

    @model_validator(mode="after")
    def _a_range(self) -> Self:
        if not self.low < self.high:
            raise PydanticCustomError("conflict", "`low` must be below `high`")
        return self

    def traits(self, training: bool) -> Traits:
        return Traits(random="step" if self.spikes == "poisson" else "no")

    def shape(self, *inputs: Shape) -> Shape:
        (shape,) = inputs
        return (shape[0] * self.neurons, *shape[1:])

    @property
    def spiking(self) -> bool:
        return self.spikes == "poisson"

    @property
    def domain(self) -> Bounds:
        return self.low, self.high

    def coarse(self, steps: int) -> str:
        few = self.spikes == "poisson" and steps < _FEWEST
        return f"{steps} Poisson steps tell {steps + 1} answers apart" if few else ""

    def bounds(self, *inputs: Bounds) -> Bounds:
        return 0.0, 1.0

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        (x,) = args
        tuning = f"{self.neurons}, {self.low!r}, {self.high!r}, {self._width!r}"
        if self.spikes == "none":
            answers = f"population_code({x}, {tuning})"
            return f"torch.stack([{answers}] * time_steps)" if site == "fold" else answers
        call = f"population_spikes({x}, ({tuning})"
        if site == "step":
            return f"{call}, 1, seed, {literal(name)}, first + t).squeeze(0)"
        return f"{call}, time_steps, seed, {literal(name)}, first)"

    def uses(self, site: Site) -> tuple[str, ...]:
        if self.spikes == "poisson":
            return ("population_spikes", *drawn(site))
        return ("population_code", *(("torch", "time_steps") if site == "fold" else ()))

    def textbook(self, x: Any, t: int, steps: int, draw: Draw) -> Any:
        tuned = self._tuned(x)
        if self.spikes == "none":
            return tuned
        return (draw(tuple(tuned.shape), t) < tuned).to(x.dtype)

    def _tuned(self, x: Any) -> Any:
        answers = x.new_empty(len(x), *self.shape(tuple(x.shape[1:])))
        for i in range(self.neurons):
            preferred = self.low + i * self._spacing
            tuned = (-((x - preferred) ** 2) / (2 * self._width**2)).exp()
            answers[:, i :: self.neurons] = tuned
        return answers

    @property
    def _spacing(self) -> float:
        return (self.high - self.low) / (self.neurons - 1)

    @property
    def _width(self) -> float:
        return self._spacing if self.sigma is None else self.sigma
