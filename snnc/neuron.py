"""What every neuron states: its equations, once; everything else is derived from them."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from snnc.choice import Choice
from snnc.layer import Layer, Shape, Traits
from snnc.step.link import Parameter, Reset, link
from snnc.step.parse import parse
from snnc.step.ssa import Step
from snnc.surrogate import Surrogate
from snnc.surrogates.atan import ATan

Positive = Annotated[float, Field(gt=0)]


class Neuron(Layer):
    """A layer with a state.

    ``step`` holds its equations, ``initial`` the field (or number) at which each state starts,
    ``output`` the name that is its value.
    """

    step: ClassVar[str]
    initial: ClassVar[dict[str, str | float]]
    output: ClassVar[str] = "s"

    @property
    def reset_rule(self) -> Reset:
        """What ``reset`` means in its equations."""
        return Reset()

    def equations(self) -> Step:
        """Its step with its numbers filled in."""
        states, numbers = list(self.initial), self.numbers()
        return link(parse(self.step), ["x"], states, numbers, self.output, self.reset_rule)

    def numbers(self) -> dict[str, Parameter]:
        """The fields that the equations may use."""
        own = type(self).model_fields.keys() - Layer.model_fields.keys()
        values = {key: getattr(self, key) for key in type(self).model_fields if key in own}
        return {key: v for key, v in values.items() if isinstance(v, bool | float | int)}

    def start(self) -> dict[str, float]:
        """The value of each state before the first step."""
        return {
            state: float(getattr(self, at)) if isinstance(at, str) else at
            for state, at in self.initial.items()
        }

    def traits(self, training: bool) -> Traits:
        return Traits(time="causal")

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]


class SpikingNeuron(Neuron):
    """A neuron that fires: charge, spike, reset (REFERENCE: Θ(0) = 1, hard or soft reset)."""

    initial: ClassVar[dict[str, str | float]] = {"v": "v_reset"}

    v_threshold: Positive = 1.0
    reset: Literal["hard", "soft"] = "hard"
    v_reset: float = 0.0
    detach_reset: bool = False
    surrogate: Annotated[Surrogate, Choice("snnc.surrogates")] = ATan()

    @property
    def reset_rule(self) -> Reset:
        return Reset(self.reset, self.detach_reset)

    @model_validator(mode="after")
    def _one_reset(self) -> Self:
        if self.reset == "soft" and self.v_reset:
            raise PydanticCustomError(
                "conflict", '`v_reset` has no meaning with `reset = "soft"`: leave it out'
            )
        return self
