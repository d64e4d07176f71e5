"""The keys that every entry of a list of layers may have, whatever its kind."""

from collections.abc import Collection
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from snnc.layer import Name, Sources
from snnc.names import FIXED, KEYS, is_reference
from snnc.resolve.collect import without
from snnc.resolve.extends import merge
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.nearest import same
from snnc.source.tree import Tree
from snnc.validation import refusals


class Head(BaseModel):
    """The keys of an entry that blocks read: name, sources, ``when`` and ``repeat``."""

    model_config = ConfigDict(defer_build=True, frozen=True, strict=True, extra="ignore")

    name: Name | None = None
    source: Sources | None = Field(default=None, alias="from")
    when: bool = True
    repeat: Annotated[int, Field(ge=1)] | None = None
    first: dict[str, Any] | None = None


def head(entry: Tree) -> Head:
    """The head of an entry, which is a table. Raises Findings."""
    stated = entry.with_value({key: entry.table[key] for key in KEYS if key in entry.table})
    if not stated.table:
        return _NONE
    try:
        made = Head.model_validate(stated.plain())
    except ValidationError as error:
        raise Findings(*refusals(error, stated, Head)) from None
    _check_first(entry)
    return made


def sound_head(entry: Tree) -> tuple[Head, tuple[Diagnostic, ...]]:
    """The head of an entry, and what is wrong with it; then only its name counts."""
    try:
        return head(entry), ()
    except Findings as findings:
        return _named(entry), findings.diagnostics


def _named(entry: Tree) -> Head:
    """The name alone, if that is right."""
    name = entry.get("name")
    try:
        return Head.model_validate({"name": name.plain()} if name else {})
    except ValidationError:
        return _NONE


def fields(entry: Tree) -> Tree:
    """An entry without its head."""
    kept = {key: node for key, node in entry.table.items() if key not in KEYS}
    return entry.with_value(kept)


def sources(entry: Tree) -> list[Tree]:
    """Each name that it reads; empty for "the layer above"."""
    node = entry.get("from")
    if node is None:
        return []
    return node.items if isinstance(node.value, list) else [node]


def with_sources(entry: Tree, keys: Collection[str]) -> Tree:
    """The entry of a kind with these keys; what it calls ``inputs`` and means by ``from`` is so.

    The other word stays, for the validation to refuse.
    """
    if "from" in entry.table:
        return entry
    strange = [key for key in entry.table if key not in keys and key not in FIXED]
    for node in (entry.table[key] for key in strange if same(key, ("from",), "layers")):
        names = [item.value for item in node.items] if node.items else [node.value]
        if all(map(is_reference, names)):
            return entry.with_value({**entry.table, "from": node})
    return entry


def first(entry: Tree) -> Tree:
    """The entry as the first of its repetitions has it."""
    node = entry.get("first")
    return merge(without(entry, "first"), node) if node else entry


def _check_first(entry: Tree) -> None:
    node = entry.get("first")
    if node is None:
        return
    if "repeat" not in entry.table:
        message = "`first` has no meaning without `repeat`"
        raise Findings(Diagnostic("SNN204", "bad-value", message, node.key, notes=node.notes))
    wrong = [_fixed(key, child) for key, child in node.table.items() if key in FIXED]
    if wrong:
        raise Findings(*wrong)


def _fixed(key: str, node: Tree) -> Diagnostic:
    message = f"`{key}` cannot stand in `first`: it is the same for every repetition"
    return Diagnostic("SNN201", "unknown-key", message, node.key, notes=node.notes)


_NONE = Head()
