"""The spec as built: resolved, flat and without comments, as TOML in a Python literal."""

import json
from collections.abc import Iterator, Mapping
from math import isinf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snnc.spec import Spec

_WIDTH = 84  # of a string that is indented by four, in a line of 88
_LEFT_OUT = {"build"}  # how the code is made, never what it means


def built(spec: "Spec") -> str:
    """Its text: every layer by its path, with all of its numbers, those that are defaults too.

    snnc reads it as a spec only if no layer is in a block: names of layers have no dots.
    """
    found = spec.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=_LEFT_OUT)
    return "".join(f"{line}\n" for line in _lines(found))


def literal(text: str) -> list[str]:
    """The text as strings of Python, which fit into lines and are quoted as ruff does."""
    return [_quoted(part) for line in text.split("\n")[:-1] for part in _parts(f"{line}\n")]


def _parts(line: str) -> Iterator[str]:
    """A line in parts that fit, cut behind a space where there is one."""
    while len(_quoted(line)) > _WIDTH:
        most = next(n for n in range(_WIDTH, 0, -1) if len(_quoted(line[:n])) <= _WIDTH)
        cut = line.rfind(" ", 0, most) + 1 or most
        yield line[:cut]
        line = line[cut:]
    yield line


def _lines(spec: Mapping[str, Any]) -> Iterator[str]:
    tables = {key: value for key, value in spec.items() if isinstance(value, Mapping)}
    for key, value in spec.items():
        if key not in tables:
            yield f"{key} = {_value(value)}"
    for key, table in tables.items():
        if key == "network":
            layers = "".join(f"  {_value(layer)},\n" for layer in table["layers"])
            yield f"\n[network]\nlayers = [\n{layers}]"
        elif key in {"inputs", "outputs", "neurons", "surrogates"}:
            for name, each in table.items():
                yield from _table(f"{key}.{_key(name)}", each)
        else:
            yield from _table(key, table)


def _table(title: str, table: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n[{title}]"
    yield from (f"{_key(key)} = {_value(value)}" for key, value in _full(table))


def _full(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((key, value) for key, value in table.items() if value not in ({}, []))


def _value(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(key)} = {_value(each)}" for key, each in _full(value))
        return f"{{ {pairs} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float) and isinf(value):
        return "inf" if value > 0 else "-inf"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else _value(name)


def _quoted(line: str) -> str:
    """A Python string in which nothing is left that could end it."""
    body = line.encode("unicode_escape").decode("ascii")
    quote = "'" if body.count('"') > body.count("'") else '"'
    return quote + body.replace(quote, f"\\{quote}") + quote
