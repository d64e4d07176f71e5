"""Descriptions of kinds as values: doc, fields, equations, example, and behaviour over time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar, get_args, get_origin

from snnc.docstrings import docstring
from snnc.encoder import Encoder
from snnc.kinds import Kind
from snnc.layer import Layer, Operator, Traits
from snnc.losses import Loss
from snnc.metrics import Metric
from snnc.neuron import Neuron
from snnc.readout import Readout
from snnc.schema_words import toml, words
from snnc.surrogate import Surrogate

_K = TypeVar("_K", bound=Kind)
_TIME = {
    "pointwise": "treats each time step on its own",
    "indexed": "depends on the index of the time step",
    "causal": "has a state and runs the time steps in order",
    "whole": "needs all time steps at once",
}
_RANDOM = {
    "no": [],
    "step": ["draws random numbers at each time step"],
    "sequence": ["draws random numbers once per call"],
}
_SHORT = {
    "pointwise": "each step",
    "indexed": "step index",
    "causal": "state",
    "whole": "all steps",
}
_ALGEBRA = {
    "move": ["only moves values"],
    "linear": ["is linear"],
    "affine": ["is affine"],
    "monotone": ["is monotone"],
    "other": [],
}


@dataclass(frozen=True)
class FieldRow:
    """A field: its key, the values that it accepts, and its default."""

    key: str
    type: str
    default: str


@dataclass(frozen=True)
class Description:
    """A kind as ``snnc explain`` and the reference show it.

    ``behaviour`` and ``static`` describe an operator over time with its defaults: a phrase, and
    when it runs once. ``cells`` say the same in a table: over time, algebra, training mode, static
    input. ``options`` are sentences on fields that change this.
    """

    name: str
    doc: str
    code: str
    example: str
    notes: tuple[str, ...]
    fields: tuple[FieldRow, ...]
    behaviour: str = ""
    static: str = ""
    cells: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The behaviour over time as sentences: with the defaults, then by option."""
        usual = (f"It {self.behaviour}.",) if self.behaviour else ()
        runs = (f"{self.static[0].upper()}{self.static[1:]}.",) if self.static else ()
        return (" ".join(usual + runs), *self.options) if usual else ()


def describe(kind: type[Kind]) -> Description:
    """The description of a kind."""
    name = str(kind.model_fields["kind"].default)
    doc = docstring(kind)
    example = kind.example if issubclass(kind, Layer) else ""
    said = Description(name, doc, _code(kind), example, tuple(_notes(kind)), tuple(_fields(kind)))
    if not issubclass(kind, Operator):
        return said
    usual = _made(kind)
    said = replace(said, behaviour=_phrase(usual), static=_static(usual), cells=_cells(usual))
    return replace(said, options=tuple(_options_in_time(kind)))


def _code(kind: type[Kind]) -> str:
    """The equations or the expression of a kind; "" if a call of PyTorch's says it all."""
    if issubclass(kind, Neuron):
        return kind.step.strip()
    if issubclass(kind, Surrogate):
        return f"slope = {kind.gradient}"
    if issubclass(kind, Readout):
        return kind.expression.format(x="x")
    if not issubclass(kind, Loss | Metric):
        return ""
    needed = (name for name, field in kind.model_fields.items() if field.is_required())
    return _made(kind, **{name: f"package.module:{name}" for name in needed}).source()


def _notes(kind: type[Kind]) -> Iterator[str]:
    """Sentences on a neuron's states, output and inputs, which its equations leave open."""
    if not issubclass(kind, Neuron):
        return
    starts = ", ".join(f"{state} = {at}" for state, at in kind.states.items())
    yield f"Before the first step: {starts}." if starts else "It has no state."
    if kind.output != "s":
        yield f"Its value is {kind.output}."
    if kind.inputs != ("x",):
        yield f"Its inputs are {', '.join(kind.inputs)}."


def _fields(kind: type[Kind]) -> Iterator[FieldRow]:
    """The fields of a kind without those that every layer has."""
    schema = kind.model_json_schema(by_alias=True)["properties"]
    common = {"kind", *(Layer.model_fields if issubclass(kind, Layer) else ())}
    for name, field in kind.model_fields.items():
        if name not in common:
            key = field.alias or name
            yield FieldRow(
                key, words(schema[key]), toml(field.get_default(call_default_factory=True))
            )


def _options_in_time(kind: type[Operator]) -> Iterator[str]:
    """A sentence on every choice of a field that changes the behaviour over time."""
    usual = _made(kind)
    for name, field in kind.model_fields.items():
        for value in _options(field.annotation):
            other = _made(kind, **{name: value})
            if value != field.default and (changed := _difference(usual, other)):
                yield f"With `{name} = {toml(value)}`, it {changed}."


def _made(kind: type[_K], /, **fields: Any) -> _K:
    """A kind with its defaults; required fields are left out."""
    construct: Any = kind.model_construct
    made: _K = construct(**fields)
    return made


def _options(annotation: Any) -> tuple[object, ...]:
    if annotation is bool:
        return (False, True)
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _difference(usual: Operator, other: Operator) -> str:
    """The behaviour of ``other`` where it differs from the usual one; "" if it does not."""
    training, inference = (_parts(other.traits(mode)) for mode in (True, False))
    same = inference == _parts(usual.traits(training=False))
    parts = [f"{training} in training mode" if same and inference != training else _phrase(other)]
    parts += [_static(other)] * (_static(other) != _static(usual))
    unchanged = (_phrase(usual), _static(usual)) == (_phrase(other), _static(other))
    return "" if unchanged else "; ".join(parts)


def _phrase(operator: Operator) -> str:
    """The behaviour in training and, if it differs, in eval mode."""
    training, inference = (_parts(operator.traits(mode)) for mode in (True, False))
    if inference == training:
        return training
    return f"{training} in training mode; in eval mode it {inference}"


def _parts(traits: Traits) -> str:
    parts = [_TIME[traits.time], *_RANDOM[traits.random], *_ALGEBRA[traits.algebra]]
    parts += ["couples the samples of a batch"] * traits.batch
    parts += ["updates its buffers"] * traits.updates
    *front, last = parts
    return f"{', '.join(front)} and {last}" if front else last


def _cells(operator: Operator) -> tuple[str, ...]:
    training, inference = (operator.traits(mode) for mode in (True, False))
    changes = [_SHORT[training.time]] * (training.time != inference.time)
    changes += _RANDOM[training.random] if training.random != inference.random else []
    changes += ["couples the batch"] * training.batch + ["updates buffers"] * training.updates
    always = [_SHORT[inference.time], *_RANDOM[inference.random]]
    algebra = "".join(_ALGEBRA[inference.algebra]).removeprefix("is ")
    return ", ".join(always), algebra, ", ".join(changes), _runs(operator)


def _runs(operator: Operator) -> str:
    if isinstance(operator, Encoder) and operator.timed_data:
        return "the data has a time axis"
    return "" if isinstance(operator, Readout) else "every step" if operator.why() else "once"


def _static(operator: Operator) -> str:
    """When one execution stands for all time steps; "" for a readout."""
    if operator.why():
        return "it runs at every time step, even if its input is static"
    if isinstance(operator, Encoder):
        return "its data has a time axis" if operator.timed_data else "it runs once"
    return "" if isinstance(operator, Readout) else "it runs once if its input is static"
