"""Words of messages: the written value, and the suggestion."""

import json
import re
from collections.abc import Sequence

from snnc.source.tree import Path, Tree

_LONGEST = 40
_OTHER_REFERENCE = re.compile(r"(?:\{\{?|%|@|\$\()\s*([A-Za-z]\w*)\s*(?:\}\}?|%|\))?")
"""A variable as templates and shells write it."""
_DIVIDES = re.compile(r"(?<!/)/(?!/)")
_UNIT = re.compile(r"[0-9.]+ *([munµ]?s|k?hz|m?v)", re.IGNORECASE)


def toml(node: object) -> str:
    """A value as TOML writes it, cut if it is long; only the sort of a table or an array."""
    value = node.value if isinstance(node, Tree) else node
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "an array"
    if isinstance(value, bool):
        return str(value).lower()
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def name(word: str) -> str:
    """A word that somebody gave as a name, in backticks: cut if it is long, nothing invisible."""
    seen = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in word[:_LONGEST])
    return f"`{seen if len(seen) < _LONGEST else f'{seen[: _LONGEST - 1]}…'}`"


def join(words: Sequence[str], last: str = "or") -> str:
    """``a, b or c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def instead(node: Tree, expected: Sequence[str], path: Path) -> str | None:
    """The value that was meant, if it is plain: ``4`` for ``"4"``, ``[8]`` for ``8``."""
    value = node.value
    if isinstance(value, str) and (variable := _OTHER_REFERENCE.fullmatch(value)):
        return f'write "${variable[1]}"'
    if isinstance(value, str) and _unquoted(value, expected):
        return f"write `{value}`, without quotes"
    if isinstance(value, str) and "a number" in expected and _UNIT.fullmatch(value):
        return 'numbers have no unit: time is in steps, such as "${20 / dt}" with `dt` in [vars]'
    if isinstance(value, float) and value.is_integer() and "an integer" in expected:
        return _whole(node) or f"write `{value:.0f}`"
    if type(value) is int and value in (0, 1) and "true or false" in expected:
        return f"write `{str(bool(value)).lower()}`"
    if "kind" in node.table and "an array" in expected:
        return f"write each item as `[[{'.'.join(map(str, path))}]]`, or all in `[ … ]`"
    if isinstance(value, int | str) and list(expected) == ["an array"]:
        return f"write `[{toml(node)}]`"
    if isinstance(value, list | str) and list(expected) == ["a table"] and path:
        return _table(node, str(path[-1]))
    if isinstance(value, list) and list(expected) == ["a string"] and path[-1:] == ("step",):
        return 'write all equations in one string, `"""…"""`, one a line'
    return None


def _table(node: Tree, key: str) -> str | None:
    """The table that gives numbers to names which stand alone."""
    names = [item.value for item in node.items] or [node.value]
    known = {"parameters": "1.0", "state": "0.0", "initial": "0.0"}
    if key not in known or not all(isinstance(n, str) and n.isidentifier() for n in names):
        return None
    return f"each has a number: `{key} = {{ {', '.join(f'{n} = {known[key]}' for n in names)} }}`"


def _whole(node: Tree) -> str | None:
    """The expression that gives an integer, where `/` gave another number."""
    text = node.place.quoted
    if not text.strip("'\"").startswith("${") or not _DIVIDES.search(text):
        return None
    return f"`//` divides to an integer: {_DIVIDES.sub('//', text)}"


def _unquoted(text: str, expected: Sequence[str]) -> bool:
    if "true or false" in expected:
        return text in ("true", "false")
    try:
        number = float(text)
    except ValueError:
        return False
    return "a number" in expected or ("an integer" in expected and number.is_integer())
