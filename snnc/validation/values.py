"""Values of the wrong type, out of bounds, of the wrong length, or bad as names."""

import re
from collections.abc import Iterator
from typing import get_args

from pydantic_core import core_schema

from snnc.resolve.scope import alias_text
from snnc.source.diagnostic import Diagnostic, Note, Place
from snnc.source.nearest import nearest
from snnc.source.tree import Tree
from snnc.validation import decays
from snnc.validation.refusal import PydanticError, Refusal
from snnc.validation.words import instead, join, toml

_TYPES = {
    "int_type": "an integer", "int_from_float": "an integer", "float_type": "a number",
    "string_type": "a string", "bool_type": "true or false", "tuple_type": "an array",
    "dict_type": "a table", "model_type": "a table", "mapping_type": "a table",
    "model_attributes_type": "a table", "string_unicode": "Unicode text",
    "kind_type": "the name of a kind or a table", "int_parsing_size": "a smaller number",
}  # fmt: skip
_BOUNDS = {
    "greater_than": "greater than {gt}", "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}", "less_than_equal": "at most {le}",
    "finite_number": "a finite number",
}  # fmt: skip
_PYDANTIC = frozenset(get_args(core_schema.ErrorType))
_NO_SHARE = 2
"""Up to here, a number is more likely a slip than meant in percent."""
_SHARES = ("p", "validation", "label_smoothing", "pct_start")
_BLAMED = re.compile(r"`(\w+)`")


def bound(refusal: Refusal) -> Diagnostic:
    """Too large or too small."""
    error = refusal.telling[0]
    limits = {key: _limit(value) for key, value in error.context.items()}
    limit = _BOUNDS[error.type].format(**limits)
    node = _number(refusal.node, error.type)
    message = f"{refusal.subject} must be {limit}, not {toml(node)}"
    help = decays.bound(refusal.key, node.value) or _share(refusal.key, node.value, error)
    help = help or _from_rest(refusal, node.value)
    return refusal.say("SNN204", "bad-value", message, help, node.place)


def _share(key: str, value: object, error: PydanticError) -> str | None:
    """A share in percent, where 1 is the whole."""
    most = error.context.get("lt", error.context.get("le"))
    if most != 1 or key not in _SHARES or not isinstance(value, int | float) or value > 100:
        return None
    return f"{value:g} % is `{key} = {value / 100:g}`" if value > _NO_SHARE else None


def _from_rest(refusal: Refusal, value: object) -> str | None:
    """A threshold in millivolts, whose distance from the resting potential is meant."""
    if refusal.key != "v_threshold" or not isinstance(value, int | float):
        return None
    beside = refusal.tree.find(refusal.path[:-1])[0].table
    rest = next((beside[key].value for key in ("v_reset", "v_rest") if key in beside), None)
    if isinstance(rest, int | float) and rest < value:
        return f"potentials rest at 0: write `v_threshold = {value - rest:.1f}`, `v_reset = 0.0`"
    return "potentials rest at 0, and `v_threshold` is the distance from there"


def _limit(number: float) -> str:
    """Every digit of a whole number: 1e+06 is none that somebody would write."""
    return str(int(number)) if number == int(number) else f"{number:g}"


def _number(node: Tree, error: str) -> Tree:
    """The number itself, where one stands in a table: its value, or the worse of its two ends."""
    inner = node.get("value") or node.get("uniform")
    if inner is None or not inner.items:
        return inner or node
    return inner.items[0 if error.startswith("greater") else -1]


def length(refusal: Refusal) -> Diagnostic:
    """An array or a table with too few or too many items."""
    node = refusal.node
    have = len(node.items or node.table)
    want = max(_wanted(error) for error in refusal.telling)
    message = f"{refusal.subject} must have {want} item{'s' * (want != 1)}, not {have}"
    if want == 1 and not have:
        message = f"{refusal.subject} must not be empty"
    return refusal.say("SNN204", "bad-value", message)


def _wanted(error: PydanticError) -> int:
    if error.type == "missing_item":
        return int(error.last) + 1
    return int(error.context.get("min_length") or error.context["max_length"])


def literal(refusal: Refusal) -> Diagnostic:
    """None of a few words, or not even a word."""
    if refusal.path == ("format",):
        return _format(refusal)
    only = all(error.type == "literal_error" for error in refusal.telling)
    code, name = ("SNN204", "bad-value") if only else ("SNN205", "wrong-type")
    expected = [word for error in refusal.telling for word in _expected(error)]
    message = f"{refusal.subject} must be {join(expected)}, not {toml(refusal.node)}"
    return refusal.say(code, name, message, _meant(refusal.node.value, expected))


def _format(refusal: Refusal) -> Diagnostic:
    readable = join([word for error in refusal.telling for word in _expected(error)])
    written = refusal.node.value
    newer = isinstance(written, int) and written > 1
    message = f"this snnc reads specs of format {readable}, not {toml(refusal.node)}"
    help = "a newer snnc may read this format" if newer else f"write `format = {readable}`"
    return refusal.say("SNN204", "bad-value", message, help)


def _meant(value: object, expected: list[str]) -> str | None:
    guess = nearest(str(value), [word.strip('"') for word in expected], "value")
    return f'did you mean "{guess}"?' if guess else None


def bad_name(refusal: Refusal) -> Diagnostic:
    """A name that cannot be one: a value, or the key of a table."""
    error, node = refusal.telling[0], refusal.node
    word, place = (refusal.key, node.key) if error.last == "[key]" else (node.value, node.place)
    help = error.context.get("help")
    return refusal.say("SNN206", "bad-name", f"{toml(word)} {error.message}", help, place)


def other(refusal: Refusal) -> Diagnostic:
    """A value of the wrong type, or refused by a kind in words of its own."""
    own = next((error for error in refusal.errors if error.type not in _PYDANTIC), None)
    if own is None:
        return _wrong_type(refusal)
    blamed = _BLAMED.match(own.message)
    node = _blamed(refusal.node, blamed[1]) if blamed else refusal.node
    return refusal.say("SNN204", "bad-value", own.message, own.context.get("help"), node.place)


def _blamed(node: Tree, key: str) -> Tree:
    """The value at ``key``, in a table or in one of its tables; else the table."""
    inside = (inner.get(key) for inner in node.table.values())
    return node.get(key) or next((found for found in inside if found), node)


def _wrong_type(refusal: Refusal) -> Diagnostic:
    expected = list(dict.fromkeys(w for error in refusal.errors for w in _expected(error)))
    node = refusal.node
    if {"value", "uniform"} & node.table.keys() and "a number" in expected:
        message = f"{refusal.subject}: this version of snnc supports plain numbers only"
        return refusal.say("SNN207", "not-yet", message)
    if type(node.value) is int and "a number" in expected:
        return refusal.say("SNN204", "bad-value", f"{refusal.subject} is too large")
    message = f"{refusal.subject} must be {join(expected)}, not {toml(node)}"
    help = _section(refusal) or _no_reset(refusal) or instead(node, expected, refusal.path)
    help = help or _usual(refusal, expected) or _of_training(refusal, expected)
    help = help or _several(refusal, expected) or _named(node, expected)
    if help and (defined := _of_variable(node)):
        used = Note(node.place, "used here")
        return Diagnostic("SNN205", "wrong-type", message, defined, help, (used,))
    return refusal.say("SNN205", "wrong-type", message, help)


def _no_reset(refusal: Refusal) -> str | None:
    """None, which is a reset by subtraction in other libraries."""
    none = str(refusal.node.value).casefold() in ("none", "null", "false")
    return 'leave it out and write `reset = "soft"`' if none and refusal.key == "v_reset" else None


def _usual(refusal: Refusal, expected: list[str]) -> str | None:
    """The array that the key has by default."""
    fields = getattr(refusal.within.model, "model_fields", {})
    usual = fields[refusal.key].default if refusal.key in fields else None
    if expected != ["an array"] or not isinstance(usual, tuple) or not usual:
        return None
    return f"for example `{refusal.key} = [{', '.join(map(toml, usual))}]`"


def _of_training(refusal: Refusal, expected: list[str]) -> str | None:
    """The number of a key of [train] that is given by its name."""
    name = refusal.node.value
    found = refusal.tree.get("train")
    node = found.get(name) if found and isinstance(name, str) else None
    if node is None or type(node.value) is not int or "an integer" not in expected:
        return None
    return f'write `{node.value}`, or give it a name in [vars] and write "${name}" in both'


def _several(refusal: Refusal, expected: list[str]) -> str | None:
    """Several numbers where one is expected, or a table that draws them."""
    items = refusal.node.items
    values = [item.value for item in items if isinstance(item.value, int | float)]
    if not {"a number", "a table"} <= {*expected} or not values or len(values) < len(items):
        return None
    ends = ", ".join(map(toml, (min(values), max(values))))
    return f'one number, or one each: `{refusal.key} = {{ uniform = [{ends}], per = "neuron" }}`'


def _named(node: Tree, expected: list[str]) -> str | None:
    """A number that is given by its name."""
    value = node.value
    numbers = {"a number", "an integer"} & {*expected}
    if (
        not numbers
        or not isinstance(value, str)
        or not value.isidentifier()
        or "a string" in expected
    ):
        return None
    return f'a number has no quotes; a variable of [vars] is written "${value}"'


def _of_variable(node: Tree) -> Place | None:
    """The variable that states a value; None if the value stands where it is used."""
    if not node.notes or type(node.notes[0]) is not Note or alias_text(node.place.quoted) is None:
        return None
    return node.notes[0].place


def _section(refusal: Refusal) -> str | None:
    """Keys of one input or output that stand where several are named."""
    plural = refusal.path[0] if len(refusal.path) == 2 else None
    if plural not in ("inputs", "outputs"):
        return None
    return f"a single one belongs below [{plural[:-1]}], each of several below [{plural}.NAME]"


def _expected(error: PydanticError) -> Iterator[str]:
    """The expected values; pydantic's ``'hard' or 'soft'`` becomes TOML's ``"hard"``."""
    if error.type != "literal_error":
        yield _TYPES.get(error.type, "of another form")
        return
    for option in str(error.context["expected"]).replace(" or ", ", ").split(", "):
        yield option.replace("'", '"')
