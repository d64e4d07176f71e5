"""Neurons and surrogates by equations: as a spec defines them, kinds like any other."""

import inspect
import warnings
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from snnc import names
from snnc.neuron import Neuron, ResettingNeuron
from snnc.number import Number
from snnc.step.faults import may_spike
from snnc.step.parse import Equation, StepError, parse, parse_on
from snnc.step.simplify import simplified
from snnc.step.ssa import Expr, Operation
from snnc.surrogate import Surrogate

Symbol = Annotated[str, AfterValidator(names.symbol)]
State = Annotated[str, AfterValidator(names.state)]
_MEANT = frozenset({"v_reset", "v_threshold"})


def _of_its_own(base: type[BaseModel]) -> AfterValidator:
    """A parameter must not hide what every kind of its sort has: ``output``, ``surrogate``."""
    declared = (inspect.get_annotations(one) for one in base.__mro__)
    taken = {*dir(base), *base.model_fields, *(name for own in declared for name in own)} - _MEANT

    def free(name: str) -> str:
        if name in taken:
            raise names.taken(name, "every kind has something of that name")
        return name

    return AfterValidator(free)


def _slope(name: str) -> str:
    """A parameter of a surrogate, whose expression is over ``u``."""
    if name in ("slope", "u"):
        raise names.taken(name, "the expression is over `u`, and its value is the `slope`")
    return name


Parameter = Annotated[str, AfterValidator(names.parameter), _of_its_own(ResettingNeuron)]
Slope = Annotated[Symbol, AfterValidator(_slope), _of_its_own(Surrogate)]
KindName = Annotated[str, AfterValidator(names.kind)]


class OwnNeuron(BaseModel):
    """``[neurons.X]``: a neuron by its equations.

    Without a spike it is a synapse or a readout; without a state, an element-wise merge.
    """

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", strict=True, allow_inf_nan=False
    )

    doc: str = ""
    inputs: Annotated[tuple[Symbol, ...], Field(min_length=1)] = ("x",)
    parameters: dict[Parameter, bool | Number] = Field(default_factory=dict)
    state: dict[State, float] = Field(default_factory=dict)
    step: str
    output: Symbol

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        every = [*self.inputs, *self.state, *self.parameters]
        twice = next((name for name in every if every.count(name) > 1), None)
        if twice is not None:
            message = f"`{twice}` is an input, a state or a parameter, only one of them"
            raise _conflict(message, twice)
        return self

    @model_validator(mode="after")
    def _attributes_apart(self) -> Self:
        """A number in a range is kept as ``tau_raw``, a learnable first state as ``v_start``."""
        derived = {f"{name}_raw": name for name in self.parameters}
        derived |= {f"{name}_start": name for name in self.state}
        derived |= {f"{name}_start_raw": name for name in self.state}
        for name in self.parameters:
            if name in derived:
                message = f"`{name}` is taken: `{derived[name]}` may be kept under that name"
                raise _conflict(message, name)
        return self

    def kind(self, name: str) -> type[Neuron]:
        """The kind that layers name by ``kind = "X"``.

        Raises:
            StepError: the equations are wrong.
        """
        equations = parse(self.step)
        for error in _badly_named(equations):
            raise error
        made: Any = self._class(name, _spikes(equations))
        simplified(made().equations())
        kind: type[Neuron] = made
        return kind

    def faults(self, name: str) -> list[StepError]:
        """Everything that is wrong with the equations."""
        parsed = parse_on(self.step)
        found: list[StepError] = self._class(name, may_spike(parsed))().faults(parsed)
        return [*found, *_badly_named(parsed.equations)]

    def _class(self, name: str, spikes: bool) -> Any:
        base = ResettingNeuron if spikes else Neuron
        fields: dict[str, Any] = {"kind": (Literal[name], name)}
        for parameter, default in self.parameters.items():
            flag = isinstance(default, bool)
            fields[parameter] = (bool if flag else Number, default)
        made: Any = _model(name, __base__=base, __doc__=self.doc or f"{name}.", **fields)
        made.stem, made.step, made.output = name.lower(), self.step, self.output
        made.inputs, made.states = self.inputs, dict(self.state)
        made.ports = len(self.inputs)
        return made


class OwnSurrogate(BaseModel):
    """``[surrogates.X]``: a surrogate gradient by its expression over ``u``."""

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", strict=True, allow_inf_nan=False
    )

    doc: str = ""
    parameters: dict[Slope, float] = Field(default_factory=dict)
    gradient: str

    def kind(self, name: str) -> type[Surrogate]:
        """The kind that neurons name by ``surrogate = "X"``. Raises StepError."""
        fields: dict[str, Any] = {"kind": (Literal[name], name)}
        fields |= {parameter: (float, default) for parameter, default in self.parameters.items()}
        made: Any = _model(name, __base__=Surrogate, __doc__=self.doc or f"{name}.", **fields)
        made.gradient = self.gradient
        kind: type[Surrogate] = made
        made().derivative()
        return kind


class OwnKinds(BaseModel):
    """The part of a document that defines kinds."""

    model_config = ConfigDict(defer_build=True, frozen=True, strict=True, extra="ignore")

    neurons: dict[KindName, OwnNeuron] = Field(default_factory=dict)
    surrogates: dict[KindName, OwnSurrogate] = Field(default_factory=dict)


def _conflict(message: str, name: str) -> PydanticCustomError:
    about = {"message": message, "help": names.suggestion(name)}
    return PydanticCustomError("conflict", "{message}", about)


def _badly_named(equations: Iterable[Equation]) -> Iterator[StepError]:
    """The values of equations whose name could be that of no other symbol."""
    for equation in equations:
        try:
            names.symbol(equation.name)
        except PydanticCustomError as error:
            help = (error.context or {}).get("help")
            yield StepError(f"`{equation.name}` {error.message()}", equation.at, help)


def _model(name: str, /, **fields: Any) -> Any:
    """A class with these fields; ``register``, which metaclasses have, is one like any other."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Field name", UserWarning)
        return create_model(name, **fields)


def _spikes(equations: tuple[Equation, ...]) -> bool:
    return any(_has_spike(equation.value) for equation in equations)


def _has_spike(expr: Expr) -> bool:
    if not isinstance(expr, Operation):
        return False
    return expr.name == "spike" or any(_has_spike(arg) for arg in expr.args)
