"""The spec as built: resolved, flat and without comments, as TOML.

Python has it in a raw string: it holds no three quotes in a row, and no character that cannot be
printed, because TOML escapes both.
"""

import json
from collections.abc import Iterator, Mapping
from math import isinf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snnc.spec import Spec

_LEFT_OUT = {"build", "doc", "train"}


def built(spec: "Spec") -> str:
    """The network: every layer by its path, with all of its numbers, those that are defaults too.

    ``[build]`` is left out: it says how code is made, never what it means. snnc reads the text as a
    spec only if no layer is in a block: names of layers have no dots.
    """
    found = spec.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=_LEFT_OUT)
    return "\n".join(_lines(found))


def trained(spec: "Spec") -> str:
    """The document's ``[train]``, which stands apart so that it changes no file of the network."""
    found = spec.model_dump(mode="json", by_alias=True, exclude_none=True, include={"train"})
    return "\n".join(_lines(found)).lstrip()


def _lines(spec: Mapping[str, Any]) -> Iterator[str]:
    tables = {key: value for key, value in spec.items() if isinstance(value, Mapping)}
    for key, value in spec.items():
        if key not in tables:
            yield f"{key} = {toml_value(value)}"
    for key, table in tables.items():
        if key == "network":
            layers = "".join(f"  {toml_value(layer)},\n" for layer in table["layers"])
            yield f"\n[network]\nlayers = [\n{layers}]"
        elif key in {"inputs", "outputs", "neurons", "surrogates"}:
            for name, each in table.items():
                yield from _table(f"{key}.{_key(name)}", each)
        else:
            yield from _table(key, table)


def _table(title: str, table: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n[{title}]"
    yield from (f"{_key(key)} = {toml_value(value)}" for key, value in _full(table))


def _full(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((key, value) for key, value in table.items() if value not in ({}, []))


def toml_value(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(key)} = {toml_value(each)}" for key, each in _full(value))
        return f"{{ {pairs} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml_value, value))}]"
    if isinstance(value, float) and isinf(value):
        return "inf" if value > 0 else "-inf"
    if isinstance(value, str):
        return "".join(map(_printable, json.dumps(value, ensure_ascii=False)))
    return json.dumps(value)


def _printable(char: str) -> str:
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"


def _key(name: str) -> str:
    plain = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if plain else toml_value(name)
