"""What a kind says of itself, as values: its doc, fields, equations, and how it behaves in time."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic_core import PydanticUndefined

from snnc.kinds import Kind
from snnc.layer import Layer, Operator, Traits
from snnc.losses import Loss
from snnc.neuron import Neuron
from snnc.readout import Readout
from snnc.schema import Json, chosen, is_choice
from snnc.surrogate import Surrogate

_UNBOUNDED = 2**31 - 1
_TIME = {
    "pointwise": "sees each step on its own",
    "indexed": "reads another part of its input at every step",
    "causal": "has a state, so it goes through the steps in order",
    "whole": "needs every step at once",
}
_RANDOM = {"no": [], "step": ["draws anew at every step"], "sequence": ["draws once a call"]}


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
    doc = inspect.getdoc(kind) or ""
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
    return kind.model_construct().source() if issubclass(kind, Loss) else ""


def _notes(kind: type[Kind]) -> Iterator[str]:
    """What the equations leave unsaid."""
    if not issubclass(kind, Neuron):
        return
    starts = ", ".join(f"{state} = {at}" for state, at in kind.states.items())
    yield (
        f"Before the first step: {starts}." if starts else "Without a state: an element-wise merge."
    )
    if kind.output != "s":
        yield f"Its value is {kind.output}."
    if kind.inputs != ("x",):
        yield f"Its inputs are {', '.join(kind.inputs)}."


def _fields(kind: type[Kind]) -> Iterator[Row]:
    """The kind's keys but those that every layer has."""
    schema = kind.model_json_schema(by_alias=True)["properties"]
    common = {"kind", *(Layer.model_fields if issubclass(kind, Layer) else ())}
    for name, field in kind.model_fields.items():
        if name not in common:
            key = field.alias or name
            default = field.get_default(call_default_factory=True)
            yield Row(key, words(schema[key]), toml(default))


def toml(value: Any) -> str:
    """A default as a spec would write it; a kind by its name."""
    if value is PydanticUndefined:
        return "required"
    if isinstance(value, Kind):
        return toml(value.kind)
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return "" if value is None or value == {} else str(getattr(value, "value", value))


def words(node: Json) -> str:
    """A JSON Schema in a few words."""
    if is_choice(node):
        return _few([toml(name) for name in chosen(node)])
    if "anyOf" in node:
        return " or ".join(dict.fromkeys(words(b) for b in node["anyOf"] if b != {"type": "null"}))
    if "enum" in node or "const" in node:
        return " or ".join(map(toml, node.get("enum", [node.get("const")])))
    match node.get("type"):
        case "boolean":
            return "true or false"
        case "array":
            return _array(node)
        case "object":
            return f"table: {words(node['additionalProperties'])} each"
    return f"{node['type']}{_range(node)}" if "type" in node else "table"


def _few(names: list[str], limit: int = 4) -> str:
    return " or ".join(names) if len(names) <= limit else f"{', '.join(names[:limit])}, …"


def _array(node: Json) -> str:
    if "prefixItems" in node:
        return f"[{', '.join(map(words, node['prefixItems']))}]"
    return f"[{words(node['items'])}, …]"


def _range(node: Json) -> str:
    bounds = {">": "exclusiveMinimum", "≥": "minimum", "<": "exclusiveMaximum", "≤": "maximum"}
    found = ((sign, node[word]) for sign, word in bounds.items() if word in node)
    return "".join(f" {sign} {value:g}" for sign, value in found if value != _UNBOUNDED)


def _behaviour(kind: type[Operator]) -> Iterator[str]:
    """With its defaults, then with every choice of a field that changes it."""
    usual = kind.model_construct()
    yield f"It {_sentence(usual)}."
    for name, field in kind.model_fields.items():
        for value in _options(field.annotation):
            other = kind.model_construct(**{name: value})
            if value != field.default and _sentence(other) != _sentence(usual):
                yield f"With `{name} = {toml(value)}` it {_sentence(other)}."


def _options(annotation: Any) -> tuple[object, ...]:
    if annotation is bool:
        return (False, True)
    return get_args(annotation) if get_origin(annotation) is Literal else ()


def _sentence(operator: Operator) -> str:
    training, inference = operator.traits(training=True), operator.traits(training=False)
    parts = [*_parts(training)]
    if (other := [*_parts(inference)]) != parts:
        parts = [f"{_and(parts)} in training", f"{_and(other)} in eval"]
    if not isinstance(operator, Readout):
        never = operator.why()
        parts += [
            f"is never computed once ({never})"
            if never
            else "is computed once if its input is static"
        ]
    return _and(parts, "; ")


def _parts(traits: Traits) -> Iterator[str]:
    yield _TIME[traits.time]
    yield from _RANDOM[traits.random]
    yield from ["couples the samples of a batch"] * traits.batch
    yield from ["updates buffers"] * traits.updates
    if traits.algebra != "other":
        yield f"is {_ALGEBRA[traits.algebra]}"


_ALGEBRA = {
    "move": "a rearrangement of its input",
    "linear": "linear",
    "affine": "affine",
    "monotone": "monotone",
}


def _and(parts: list[str], joint: str = ", ") -> str:
    return joint.join(parts)
