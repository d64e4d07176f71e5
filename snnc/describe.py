"""What a kind says of itself, as values: its doc, fields, equations, and how it behaves in time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args, get_origin

from snnc.docstrings import docstring
from snnc.encoder import Encoder
from snnc.kinds import Kind
from snnc.layer import Layer, Operator, Traits
from snnc.losses import Loss
from snnc.metrics import Metric
from snnc.neuron import Neuron
from snnc.readout import Readout
from snnc.spell import toml, words
from snnc.surrogate import Surrogate

_K = TypeVar("_K", bound=Kind)
_TIME = {
    "pointwise": "sees each step on its own",
    "indexed": "reads another part of its input at every step",
    "causal": "has a state and goes through the steps in order",
    "whole": "needs every step at once",
}
_RANDOM = {"no": [], "step": ["draws anew at every step"], "sequence": ["draws once a call"]}
_ALGEBRA = {
    "move": ["moves values about"],
    "linear": ["is linear"],
    "affine": ["is affine"],
    "monotone": ["is monotone"],
    "other": [],
}


@dataclass(frozen=True)
class Row:
    """A field: the key, what may stand there, and what does if nothing is written."""

    key: str
    type: str
    default: str


@dataclass(frozen=True)
class Description:
    """A kind as ``snnc explain`` and the reference tell it."""

    name: str
    doc: str
    code: str
    notes: tuple[str, ...]
    fields: tuple[Row, ...]
    behaviour: tuple[str, ...]


def describe(kind: type[Kind]) -> Description:
    """All that there is to say of a kind."""
    name = str(kind.model_fields["kind"].default)
    doc = docstring(kind)
    in_time = tuple(_behaviour(kind)) if issubclass(kind, Operator) else ()
    return Description(name, doc, _code(kind), tuple(_notes(kind)), tuple(_fields(kind)), in_time)


def _code(kind: type[Kind]) -> str:
    """Its equations or its expression; "" if it is told by a call of PyTorch's."""
    if issubclass(kind, Neuron):
        return kind.step.strip()
    if issubclass(kind, Surrogate):
        return f"slope = {kind.gradient}"
    if issubclass(kind, Readout):
        return kind.expression.format(x="x")
    return _made(kind).source() if issubclass(kind, Loss | Metric) else ""


def _notes(kind: type[Kind]) -> Iterator[str]:
    """What the equations leave unsaid."""
    if not issubclass(kind, Neuron):
        return
    starts = ", ".join(f"{state} = {at}" for state, at in kind.states.items())
    yield f"Before the first step: {starts}." if starts else "It has no state."
    if kind.output != "s":
        yield f"Its value is {kind.output}."
    if kind.inputs != ("x",):
        yield f"Its inputs are {', '.join(kind.inputs)}."


def _fields(kind: type[Kind]) -> Iterator[Row]:
    """The kind's keys, but for those that every layer has."""
    schema = kind.model_json_schema(by_alias=True)["properties"]
    common = {"kind", *(Layer.model_fields if issubclass(kind, Layer) else ())}
    for name, field in kind.model_fields.items():
        if name not in common:
            key = field.alias or name
            yield Row(key, words(schema[key]), toml(field.get_default(call_default_factory=True)))


def _behaviour(kind: type[Operator]) -> Iterator[str]:
    """With its defaults, then with every choice of a field that changes it."""
    usual = _made(kind)
    yield f"It {_sentence(usual)}."
    for name, field in kind.model_fields.items():
        for value in _options(field.annotation):
            other = _made(kind, **{name: value})
            if value != field.default and _sentence(other) != _sentence(usual):
                yield f"With `{name} = {toml(value)}` it {_sentence(other)}."


def _made(kind: type[_K], /, **fields: Any) -> _K:
    """One with its defaults; required fields are left out."""
    construct: Any = kind.model_construct
    made: _K = construct(**fields)
    return made


def _options(annotation: Any) -> tuple[object, ...]:
    if annotation is bool:
        return (False, True)
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _sentence(operator: Operator) -> str:
    training, inference = (_parts(operator.traits(mode)) for mode in (True, False))
    parts = [training]
    if inference != training:
        parts = [f"{training} in training", f"{inference} in eval"]
    return "; ".join([*parts, *_static(operator)])


def _parts(traits: Traits) -> str:
    parts = [_TIME[traits.time], *_RANDOM[traits.random], *_ALGEBRA[traits.algebra]]
    parts += ["couples the samples of a batch"] * traits.batch
    parts += ["updates its buffers"] * traits.updates
    return ", ".join(parts)


def _static(operator: Operator) -> Iterator[str]:
    """Whether one execution can stand for all steps."""
    if operator.why():
        yield "it is computed anew at every step, whatever its input is"
    elif isinstance(operator, Encoder):
        yield "its data has a time axis" if operator.timed_data else "it is computed once"
    elif not isinstance(operator, Readout):
        yield "it is computed once if its input does not change over time"
