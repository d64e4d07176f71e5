"""Trees as TOML."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def written(tree: Mapping[str, Any]) -> str:
    """A document: values first, then a [table] for each section."""
    return "".join(f"{line}\n" for line in _lines(tree))


def _lines(tree: Mapping[str, Any]) -> Iterator[str]:
    sections = {key: value for key, value in tree.items() if isinstance(value, dict)}
    yield from (f"{_key(k)} = {inline(v)}" for k, v in tree.items() if k not in sections)
    for key, section in sections.items():
        yield f"\n[{_key(key)}]"
        yield from (f"{_key(name)} = {inline(value)}" for name, value in section.items())


def inline(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(k)} = {inline(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return _string(value) if isinstance(value, str) else str(value).lower()


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _string(key)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
