"""A JSON Schema and a default in a few words, as a person would say them."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import PydanticUndefined

from snnc.kinds import Kind
from snnc.number import Value

Json = dict[str, Any]

_UNBOUNDED = 2**31 - 1
_SIGNS = {">": "exclusiveMinimum", "≥": "minimum", "<": "exclusiveMaximum", "≤": "maximum"}
_NUMBERS = Value.__name__


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
    return "" if value is None or value == {} else str(value)


def is_choice(node: Mapping[str, Any]) -> bool:
    """Whether pydantic wrote this for a :class:`snnc.choice.Choice`: names, or tables of kinds."""
    tables = node.get("anyOf", [])[1:]
    return bool(tables) and all(table.get("required") == ["kind"] for table in tables)


def chosen(node: Mapping[str, Any]) -> list[str]:
    """The names of a choice."""
    names = node["anyOf"][0]
    return [str(name) for name in names.get("enum", [names.get("const")])]


def words(node: Json) -> str:
    """The accepted values of a schema: ``integer ≥ 1 or [integer ≥ 1, integer ≥ 1]``."""
    if is_choice(node):
        return few([toml(name) for name in chosen(node)])
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
            inner = node.get("additionalProperties")
            return f"{{ key = {words(inner)}, … }}" if isinstance(inner, dict) else "table"
        case None:
            return _NUMBERS if node.get("$ref", "").endswith(f"/{_NUMBERS}") else "table"
    return f"{node['type']}{_range(node)}"


def few(names: list[str], limit: int = 4) -> str:
    """Some names of a choice, all if they are few."""
    return " or ".join(names) if len(names) <= limit else f"{', '.join(names[:limit])}, …"


def _array(node: Json) -> str:
    if "prefixItems" in node:
        return f"[{', '.join(map(words, node['prefixItems']))}]"
    return f"[{words(node['items'])}, …]"


def _range(node: Json) -> str:
    found = ((sign, node[word]) for sign, word in _SIGNS.items() if word in node)
    return ",".join(f" {sign} {value:g}" for sign, value in found if value != _UNBOUNDED)
