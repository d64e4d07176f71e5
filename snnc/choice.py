"""Choice: a field that holds one kind out of a catalog, written ``"X"`` or ``{kind = "X", …}``.

    optimizer: Annotated[Optimizer, Choice("snnc.optimizers")]
    scheduler: Annotated[Scheduler | None, Choice("snnc.schedulers")] = None
    layers: tuple[Annotated[Kind, Choice("snnc.layers", "snnc.neurons")], ...]

The catalog is looked up when a value is validated, so a new file in its folder is a new choice.
Where None is allowed, ``"none"`` and ``{kind = "none"}`` mean None.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import NoneType
from typing import Any, cast, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError, ValidationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from snnc.kinds import Kind, catalog
from snnc.lazy import LazyMapping

NONE = "none"

Own = Mapping[str, Mapping[str, type[Kind]]]
"""Kinds that a document defines itself, by the package that they join."""

_own: ContextVar[Own | None] = ContextVar("_own", default=None)


@contextmanager
def joined(own: Own) -> Iterator[None]:
    """While a document is validated, its own kinds stand beside those of each package."""
    token = _own.set(own)
    try:
        yield
    finally:
        _own.reset(token)


def own() -> Own:
    """The kinds of the document that is being validated."""
    return _own.get() or {}


class Choice:
    """Marks a field whose value is one of the kinds in the given packages.

    Refusals have the type ``unknown_kind`` (at the key ``kind``, or at the value if it is a bare
    name), ``missing_kind`` or ``kind_type``; the first two carry the names that were ``expected``.
    """

    def __init__(self, *packages: str) -> None:
        self.packages = packages

    def kinds(self) -> Mapping[str, type[Kind]]:
        """Every kind that may be chosen, by its name; imported when it is asked for."""
        added = own()
        places = {
            name: kinds
            for package in self.packages
            for kinds in (catalog(package), added.get(package, {}))
            for name in kinds
        }
        return LazyMapping(places, lambda name: places[name][name], every=True)

    def find(self, name: str) -> type[Kind] | None:
        """The kind of that name; of two, that of the later package, and the document's own."""
        added = own()
        tables = (t for p in self.packages for t in (catalog(p), added.get(p, {})))
        return next((t[name] for t in reversed([*tables]) if name in t), None)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        optional = NoneType in get_args(source)

        def validate(value: Any, info: ValidationInfo) -> Kind | None:
            return self._choose(value, optional, info.context)

        return core_schema.with_info_plain_validator_function(
            validate, metadata={"optional": optional}
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        kinds = self.kinds()
        names = core_schema.literal_schema([*kinds, *[NONE] * schema["metadata"]["optional"]])
        with _opened(kinds.values()) as tables:
            name, *rest = handler(core_schema.union_schema([names, *tables]))["anyOf"]
        return {"anyOf": [name, *({**table, "required": ["kind"]} for table in rest)]}

    def _choose(self, value: Any, optional: bool, context: Any) -> Kind | None:
        if value is None and optional:
            return None
        if isinstance(value, Kind) and isinstance(value, self.kinds().get(value.kind, ())):
            return value  # a model that was built in Python
        table = {"kind": value} if isinstance(value, str) else value
        if not isinstance(table, Mapping):
            raise PydanticCustomError("kind_type", "expected the name of a kind or a table")
        if optional and table == {"kind": NONE}:
            return None
        chosen = self.find(str(table.get("kind")))
        if chosen is None:
            raise _refusal(value, [*self.kinds(), *[NONE] * optional])
        return chosen.model_validate(dict(table), context=context)


def _refusal(value: Any, expected: list[str]) -> ValidationError:
    """Says which kinds there are; at the key ``kind`` if there is one, else at the value."""
    about: dict[str, Any] = {"expected": expected}
    if isinstance(value, Mapping) and "kind" not in value:
        return _at((), PydanticCustomError("missing_kind", "a table needs a kind", about), value)
    loc = ("kind",) if isinstance(value, Mapping) else ()
    kind = value["kind"] if loc else value
    error = PydanticCustomError("unknown_kind", "there is no kind {kind}", {"kind": kind, **about})
    return _at(loc, error, kind)


def _at(loc: tuple[str, ...], error: PydanticCustomError, value: Any) -> ValidationError:
    details = InitErrorDetails(type=error, loc=loc, input=value)
    return ValidationError.from_exception_data("Choice", [details])


_open: ContextVar[frozenset[type[Kind]]] = ContextVar("_open", default=frozenset())


@contextmanager
def _opened(kinds: Iterable[type[Kind]]) -> Iterator[list[CoreSchema]]:
    """The kinds' schemas; only a reference to one that is being written further out.

    Kinds nest (a neuron's feedback is a layer), so writing each in full would never end.
    """
    outer = _open.get()
    token = _open.set(outer.union(kinds))
    try:
        yield [_reference(k) if k in outer else _definition(k) for k in kinds]
    finally:
        _open.reset(token)


def _definition(kind: type[Kind]) -> CoreSchema:
    return cast(CoreSchema, {**kind.__pydantic_core_schema__, "ref": _name(kind)})


def _reference(kind: type[Kind]) -> CoreSchema:
    return core_schema.definition_reference_schema(_name(kind))


def _name(kind: type[Kind]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}:{id(kind)}"
