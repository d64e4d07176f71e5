"""Neurons: each states its equations once; everything else is derived from them."""

from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from snnc.choice import Choice
from snnc.layer import Layer, Site, Traits
from snnc.number import Number, Positive, Value
from snnc.shapes import Shape, ShapeError, merged, show
from snnc.step.bounds import ANYTHING, Bounds, output
from snnc.step.faults import faults
from snnc.step.link import Parameter, Reset, link
from snnc.step.parse import Parsed, StepError, parse
from snnc.step.spikes import spike_value
from snnc.step.ssa import Step
from snnc.surrogate import Surrogate
from snnc.surrogates.atan import ATan
from snnc.window import alike

_CAUSAL, _POINTWISE = Traits(time="causal"), Traits(time="pointwise")
_NOT_NUMBERS = frozenset({"name", "source", "kind", "initial"})


class Neuron(Layer):
    """A layer with a state.

    ``step`` holds its equations over ``inputs``, ``states`` the number (or the field) at which each
    state starts unless ``initial`` says otherwise, ``output`` the name that is its value,
    ``spiking`` whether these are spikes. One that ``helps`` is no layer of a spec: [convert] adds
    it.
    """

    step: ClassVar[str]
    inputs: ClassVar[tuple[str, ...]] = ("x",)
    states: ClassVar[Mapping[str, str | float]]
    output: ClassVar[str] = "s"
    spiking: ClassVar[bool] = False
    helps: ClassVar[bool] = False

    initial: dict[str, Number] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_states(self) -> Self:
        for state in self.initial:
            if state not in self.states:
                known = ", ".join(f"`{name}`" for name in self.states)
                message = f"`{state}` is not a state of {self.kind}: expected {known}"
                raise PydanticCustomError("conflict", "{message}", {"message": message})
        return self

    @property
    def reset_rule(self) -> Reset:
        """The meaning of ``reset`` in the equations."""
        return Reset()

    def equations(self) -> Step:
        """The step with constants filled in; its parameters are those known at run time."""
        parameters = {name: _constant(number) for name, number in self.numbers().items()}
        states = list(self.states)
        return link(parse(self.step), self.inputs, states, parameters, self.output, self.reset_rule)

    def faults(self, parsed: Parsed) -> list[StepError]:
        """Everything that is wrong with such equations in place of its own."""
        parameters = {name: _constant(number) for name, number in self.numbers().items()}
        names = self.inputs, list(self.states), parameters
        return faults(parsed, *names, self.output, self.reset_rule)

    @property
    def spike_value(self) -> float | str | None:
        """The number that one spike adds to the output, or the name of one known at run time.

        None: the output is no spikes, so that there is no firing rate.
        """
        if not self.spiking:
            return None
        numbers = {name: _constant(number) for name, number in self.numbers().items()}
        return spike_value(parse(self.step), self.output, numbers)

    def stated(self) -> dict[str, Number | bool]:
        """The fields that the equations may use, found anew."""
        values = {key: getattr(self, key) for key in _fields(type(self))}
        return {k: v for k, v in values.items() if isinstance(v, bool | float | int | Value)}

    def numbers(self) -> Mapping[str, Number | bool]:
        """The fields that the equations may use."""
        return self._numbers

    def run_time(self) -> Mapping[str, Value]:
        """The parameters that are tensors: learnable, drawn, or one a channel or neuron."""
        return self._run_time

    def carries(self) -> Mapping[str, float | str]:
        return self._starts

    def start(self) -> Mapping[str, float | str]:
        """Each state before the first step: a number, or the name of a run-time parameter."""
        return self._starts

    # A large network asks each neuron dozens of times. Fields never change, but in a copy.

    @cached_property
    def _numbers(self) -> Mapping[str, Number | bool]:
        return self.stated()

    @cached_property
    def _run_time(self) -> Mapping[str, Value]:
        values = {**self._numbers, **{f"{s}_start": v for s, v in self.initial.items()}}
        return {
            name: value
            for name, value in values.items()
            if isinstance(value, Value) and value.constant is None
        }

    @cached_property
    def _starts(self) -> Mapping[str, float | str]:
        return {state: self._start(state, at) for state, at in self.states.items()}

    @cached_property
    def said(self) -> str:
        """The equations and numbers as text: the same for neurons that compute the same."""
        equations = self.step, self.inputs, dict(self.states), self.output
        return repr((equations, self._numbers, self.initial, self.reset_rule))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        made = super().model_copy(update=update, deep=deep)
        for name in _KEPT:
            made.__dict__.pop(name, None)
        return made

    def _start(self, state: str, at: str | float) -> float | str:
        default = self.numbers()[at] if isinstance(at, str) else at
        stated = self.initial.get(state, default)
        if not isinstance(stated, Value):
            return float(stated)
        if stated.constant is not None:
            return stated.constant
        return f"{state}_start" if state in self.initial else str(at)

    def traits(self, training: bool) -> Traits:
        # without a state it is an element-wise merge
        return _CAUSAL if self.states else _POINTWISE

    def shape(self, *inputs: Shape) -> Shape:
        for shape in inputs[1:]:
            if shape != inputs[0]:
                message = f"{self.kind} needs inputs of one shape"
                raise ShapeError(f"{message}, not {show(inputs[0])} and {show(shape)}", "from")
        return inputs[0]

    def told(self, *inputs: Shape | None) -> Shape | None:
        return merged(inputs)

    def bounds(self, *inputs: Bounds) -> Bounds:
        if self.states and not self.spiking:
            return ANYTHING
        try:
            step = self.equations()
        except StepError:  # they were refused, and rules look at the rest
            return ANYTHING
        return output(step, dict(zip(self.inputs, inputs, strict=True)))

    def corners(self, corner: Shape, *inputs: Shape) -> tuple[Shape, ...]:
        own = any(value.per == "neuron" for value in self.run_time().values())
        return inputs if own else alike(corner, *inputs)

    def call(self, name: str, args: Sequence[str], site: Site) -> str:
        """An element-wise merge takes its inputs as one step, whatever they are."""
        return f"self.{name}({', '.join(args)}, time_steps=1).squeeze(0)"

    def elementwise(self, count: int) -> Step | None:
        stateless = not self.states and count == len(self.inputs)
        return self.equations() if stateless and not self.spiking else None

    def parameters(self, *inputs: Shape) -> int:
        learnable = (value for value in self.run_time().values() if value.learnable)
        return sum(count(value, inputs[0]) for value in learnable)


_KEPT = ("_numbers", "_run_time", "_starts", "said")


@cache
def _fields(kind: type[Neuron]) -> tuple[str, ...]:
    return tuple(key for key in kind.model_fields if key not in _NOT_NUMBERS)


def _constant(number: Number | bool) -> Parameter:
    return number.constant if isinstance(number, Value) else number


def count(value: Value, shape: Shape) -> int:
    """The number of values of a parameter in a layer of this shape."""
    size = 1
    for axis in {"layer": (), "channel": shape[:1], "neuron": shape}[value.per]:
        size *= axis
    return size


class SpikingNeuron(Neuron):
    """A neuron that fires; its equations say how it resets."""

    spiking: ClassVar[bool] = True

    v_threshold: Positive = 1.0
    fires: Literal["at", "above"] = "at"
    detach_reset: bool = False
    surrogate: Annotated[Surrogate, Choice("snnc.surrogates")] = ATan()

    @property
    def reset_rule(self) -> Reset:
        return Reset("soft", self.detach_reset, above=self.fires == "above")


class ResettingNeuron(SpikingNeuron):
    """A neuron that fires and resets as the spec says: charge, spike, reset.

    Its equations may ask whether the reset is ``soft``.
    """

    states: ClassVar[Mapping[str, str | float]] = {"v": "v_reset"}

    reset: Literal["hard", "soft"] = "hard"
    v_reset: Number = 0.0

    @property
    def reset_rule(self) -> Reset:
        return Reset(self.reset, self.detach_reset, above=self.fires == "above")

    def stated(self) -> dict[str, Number | bool]:
        # a soft reset goes nowhere in particular: what decays, decays to 0
        soft = self.reset == "soft"
        return {"soft": soft, **super().stated(), **({"v_reset": 0.0} if soft else {})}

    @model_validator(mode="after")
    def _one_reset(self) -> Self:
        if self.reset == "soft" and self.v_reset != type(self).model_fields["v_reset"].default:
            raise PydanticCustomError(
                "conflict", '`v_reset` has no meaning with `reset = "soft"`: leave it out'
            )
        return self
