"""What pydantic refused, in our words, at the place where it was written."""

from collections.abc import Iterable, Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from snnc.choice import Choice
from snnc.source.diagnostic import Diagnostic, Place
from snnc.source.nearest import nearest, one_of
from snnc.source.tree import Tree

Loc = tuple[str | int, ...]

_TYPES = {
    "int_type": "an integer", "int_from_float": "an integer", "float_type": "a number",
    "string_type": "a string", "bool_type": "true or false", "tuple_type": "an array",
    "dict_type": "a table", "model_type": "a table", "mapping_type": "a table",
    "kind_type": "the name of a kind or a table", "none_required": "nothing",
}  # fmt: skip
_BOUNDS = {
    "greater_than": ("greater than", "gt"), "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"), "less_than_equal": ("at most", "le"),
    "finite_number": ("finite", ""),
}  # fmt: skip
_NOT_YET = {
    "blocks": "blocks", "neurons": "own neurons", "surrogates": "own surrogates",
    "convert": "conversion", "plasticity": "plasticity",
}  # fmt: skip


def refusals(error: ValidationError, tree: Tree, model: type[BaseModel]) -> list[Diagnostic]:
    """One diagnostic for each place that pydantic refused, in the document's order."""
    places: dict[Loc, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        places.setdefault(_where(detail, tree), []).append(detail)
    return [_Refusal(loc, details, tree, model).diagnostic() for loc, details in places.items()]


def _where(detail: ErrorDetails, tree: Tree) -> Loc:
    """The part of a location that the document has: unions add steps of their own.

    ``[input]`` is validated as ``[inputs.input]``.
    """
    loc = detail["loc"]
    for plural in ("inputs", "outputs"):
        if loc[:2] == (plural, plural[:-1]) and plural not in tree.table:
            loc = loc[1:]
    depth = tree.find(loc)[1]
    return loc[: depth + (detail["type"] == "missing")]


class _Refusal:
    """What is wrong at one location: one error, or those of every branch of a union."""

    def __init__(
        self, loc: Loc, details: list[ErrorDetails], tree: Tree, model: type[BaseModel]
    ) -> None:
        self.loc, self.tree, self.model = loc, tree, model
        self.details = [d for d in details if d["type"] not in _TYPES] or details
        self.detail = self.details[0]
        self.node = tree.find(loc)[0]
        self.key = next((str(step) for step in reversed(loc) if isinstance(step, str)), "")

    def diagnostic(self) -> Diagnostic:
        kind = self.detail["type"]
        if kind in _TYPES:
            return self.wrong_type()
        if kind in _BOUNDS:
            return self.out_of_bounds()
        by_type = {
            "extra_forbidden": self.unknown_key, "missing": self.missing,
            "unknown_kind": self.unknown_kind, "missing_kind": self.missing_kind,
            "literal_error": self.literal, "bad_name": self.bad_name, "conflict": self.conflict,
        }  # fmt: skip
        return by_type.get(kind, self.other)()

    def say(self, code: str, name: str, message: str, help: str | None = None) -> Diagnostic:
        return Diagnostic(code, name, message, self.place(), help, self.node.notes)

    def place(self) -> Place:
        if self.detail["type"] == "extra_forbidden":
            return self.node.key
        kind = self.node.get("kind")
        return kind.place if kind else self.node.place

    @property
    def written(self) -> str:
        return _toml(self.node)

    def unknown_key(self) -> Diagnostic:
        what = _NOT_YET.get(self.key) if len(self.loc) == 1 else None
        if what:
            message = f"`{self.key}`: this version of snnc does not build {what} yet"
            return self.say("SNN207", "not-yet", message)
        known = sorted(_keys(self.owner()))
        guess = nearest(self.key, known)
        help = f"did you mean `{guess}`?" if guess else f"expected one of {one_of(known)}"
        return self.say("SNN201", "unknown-key", f"unknown key `{self.key}`{self.of()}", help)

    def missing(self) -> Diagnostic:
        self.node = self.tree.find(self.loc[:-1])[0]
        return self.say("SNN203", "missing-key", f"`{self.loc[-1]}` is missing{self.of()}")

    def unknown_kind(self) -> Diagnostic:
        known = self.detail["ctx"]["expected"]
        word = str(self.node.value)
        guess = nearest(word, known)
        help = f"did you mean `{guess}`?" if guess else f"expected one of {one_of(known)}"
        return self.say("SNN202", "unknown-kind", f"there is no {self.sort()} `{word}`", help)

    def missing_kind(self) -> Diagnostic:
        expected = one_of(self.detail["ctx"]["expected"])
        return self.say("SNN203", "missing-key", "`kind` is missing", f"expected one of {expected}")

    def literal(self) -> Diagnostic:
        options = [o for d in self.details for o in _literals(d)]
        message = f"`{self.key}` must be {' or '.join(options)}, not {self.written}"
        guess = nearest(self.written.strip('"'), [option.strip('"') for option in options])
        return self.say("SNN204", "bad-value", message, guess and f'did you mean "{guess}"?')

    def wrong_type(self) -> Diagnostic:
        wanted = dict.fromkeys(_TYPES[d["type"]] for d in self.details if d["type"] in _TYPES)
        message = f"`{self.key}` must be {' or '.join(wanted)}, not {self.written}"
        return self.say("SNN205", "wrong-type", message)

    def out_of_bounds(self) -> Diagnostic:
        words, bound = _BOUNDS[self.detail["type"]]
        limit = f" {self.detail['ctx'][bound]}" if bound else ""
        message = f"`{self.key}` must be {words}{limit}, not {self.written}"
        return self.say("SNN204", "bad-value", message)

    def bad_name(self) -> Diagnostic:
        word = self.key if self.loc[-1] == self.key and self.node.table else self.node.value
        return self.say("SNN206", "bad-name", f"`{word}` {self.detail['msg']}")

    def conflict(self) -> Diagnostic:
        return self.say("SNN204", "bad-value", self.detail["msg"])

    def other(self) -> Diagnostic:
        length = self.detail["type"] in ("too_short", "tuple_type", "missing_positional")
        what = "is too short" if length else f"cannot be {self.written}"
        return self.say("SNN204", "bad-value", f"`{self.key}` {what}")

    def owner(self) -> object:
        return _owner(self.model, self.loc[:-1], self.tree)

    def of(self) -> str:
        owner = _owner(self.model, self.loc[:-1], self.tree)
        kind = owner.model_fields.get("kind") if _is_model(owner) else None
        return f" of {kind.default}" if kind else ""

    def sort(self) -> str:
        words = (str(s) for s in reversed(self.loc) if isinstance(s, str) and s != "kind")
        word = next(words, "kind")
        return "layer" if word == "layers" else word


def _is_model(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _keys(annotation: object) -> Iterable[str]:
    """The keys that a table of this type may have; a plural section has its short form too."""
    fields = getattr(annotation, "model_fields", {})
    keys = {field.alias or name for name, field in fields.items()}
    top = {"extends", "vars", "defaults", "input", "output"} if "format" in keys else set()
    return keys | top


def _owner(model: object, loc: Loc, tree: Tree) -> Any:
    """The type that the table at ``loc`` is validated as."""
    node: Tree | None = tree
    for step in loc:
        node = node.get(step) if node else None
        model = _into(model, step, node)
    return model


def _into(annotation: object, step: str | int, node: Tree | None) -> object:
    fields = getattr(annotation, "model_fields", None)
    if fields is not None:
        name = f"{step}s" if f"{step}s" in fields and step not in fields else step
        by_alias = {f.alias or key: f for key, f in fields.items()}
        if name not in by_alias:
            return None
        inner = _table(by_alias[name].annotation, by_alias[name].metadata, node)
        return _into(inner, step, node) if name != step else inner
    args = [arg for arg in get_args(annotation) if arg is not Ellipsis]
    return _table(args[-1], (), node) if args else None


def _table(annotation: object, metadata: Iterable[object], node: Tree | None) -> object:
    """The type of a field as its value chooses it: a Choice by its ``kind``."""
    if hasattr(annotation, "__metadata__"):
        return _table(get_args(annotation)[0], annotation.__metadata__, node)
    for mark in metadata:
        if isinstance(mark, Choice):
            kind = node.get("kind") if node else None
            return mark.kinds().get(str(kind.value)) if kind else None
    if get_origin(annotation) in (dict, tuple) or _is_model(annotation):
        return annotation
    tables = [arg for arg in get_args(annotation) if _is_model(arg)]
    return tables[0] if tables else annotation


def _literals(detail: ErrorDetails) -> Iterator[str]:
    """pydantic's ``'hard' or 'soft'`` as TOML's ``"hard"``, ``"soft"``."""
    expected = detail.get("ctx", {}).get("expected", "")
    for option in expected.replace(" or ", ", ").split(", "):
        yield option.replace("'", '"')


def _toml(node: Tree) -> str:
    if node.table:
        return "a table"
    if isinstance(node.value, list):
        return "an array"
    if isinstance(node.value, bool):
        return str(node.value).lower()
    return f'"{node.value}"' if isinstance(node.value, str) else str(node.value)
