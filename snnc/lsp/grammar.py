"""The keys and values that may stand at a place of a spec, as the editor's schema says."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from snnc import schema
from snnc.schema_words import Json, few, toml, words
from snnc.source.tree import Path

_VARIABLE: Json = {"$ref": "#/$defs/Variable"}
KindAt = Callable[[Path], str]
"""The kind that the table at a path states; "" if there is none."""


@dataclass(frozen=True)
class Key:
    """A key that a table may have, its meaning and what may be its value."""

    name: str
    doc: str
    values: str
    default: object = None


def keys(path: Path, kind: KindAt) -> Mapping[str, Key]:
    """The keys that the table at ``path`` may have."""
    found: dict[str, Key] = {}
    for node in _at(path, kind):
        for name, child in node.get("properties", {}).items():
            found.setdefault(name, _key(name, child))
    return found


def key(path: Path, kind: KindAt) -> Key | None:
    """The key at the end of a path."""
    return keys(path[:-1], kind).get(str(path[-1])) if path else None


def values(path: Path, kind: KindAt) -> list[object]:
    """The values that are named for a place: words, true and false; the default comes first."""
    found: dict[str, object] = {}
    nodes = [*_at(path, kind)]
    for node in nodes:
        for value in (*node.get("enum", ()), *((node["const"],) if "const" in node else ())):
            found.setdefault(repr(value), value)
        if node.get("type") == "boolean":
            found |= {"False": False, "True": True}
    defaults = [repr(node["default"]) for node in nodes if "default" in node]
    return sorted(found.values(), key=lambda value: repr(value) not in defaults)


def is_table(path: Path, kind: KindAt) -> bool:
    """Whether a table may stand at a place, of stated keys or of tables by their names."""
    inner = (node.get("additionalProperties") for node in _at(path, kind))
    named = any(isinstance(each, dict) for each in inner)
    return named or any("properties" in node for node in _at(path, kind))


@cache
def whole() -> Json:
    """The schema; making it takes a while, so that it is made once."""
    return schema.schema()


def _key(name: str, node: Json) -> Key:
    return Key(name, str(node.get("description", "")), _said(node), node.get("default"))


def _said(node: Json) -> str:
    """The values of a key in words; those of a choice are its names."""
    name = str(node.get("$ref", "")).rpartition("/")[2]
    first, *_ = whole()["$defs"].get(name, {}).get("anyOf", ({},))
    if "enum" in first:
        return few([toml(value) for value in first["enum"]])
    kept = [branch for branch in node.get("anyOf", [node]) if branch != _VARIABLE]
    try:
        return words({**node, "anyOf": kept} if len(kept) > 1 else kept[0])
    except KeyError:  # a part of the schema that no model has made
        return ""


def _at(path: Path, kind: KindAt) -> Iterator[Json]:
    """The parts of the schema that speak of a place."""
    nodes = [whole()]
    for depth, step in enumerate(path):
        above = [branch for node in nodes for branch in _branches(node, kind(path[:depth]))]
        nodes = [found for node in above for found in _step(node, step)]
    yield from (branch for node in nodes for branch in _branches(node, kind(path)))


def _step(node: Json, step: str | int) -> Iterator[Json]:
    if isinstance(step, int):
        parts = node.get("prefixItems", ())
        found = parts[step] if step < len(parts) else node.get("items")
    else:
        found = node.get("properties", {}).get(step, node.get("additionalProperties"))
    if isinstance(found, dict):
        yield found


def _branches(node: Json, kind: str) -> Iterator[Json]:
    """A node with what it refers to and its alternatives, those of another kind left out."""
    waiting = [node]
    while waiting:
        each = waiting.pop(0)
        name = str(each.get("$ref", "")).rpartition("/")[2]
        if name in whole()["$defs"]:
            rest = {k: v for k, v in each.items() if k not in ("$ref", "required")}
            each = {**whole()["$defs"][name], **rest}
        stated = each.get("properties", {}).get("kind", {}).get("const")
        if not kind or stated is None or stated == kind:
            yield each
        waiting += each.get("anyOf", ())
