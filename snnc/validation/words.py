"""Words of messages: the written value, and the suggestion."""

import json
import re
from collections.abc import Sequence

from snnc.source.tree import Path, Tree

_LONGEST = 40
_OTHER_REFERENCE = re.compile(r"(?:\{\{?|%|@|\$\()\s*([A-Za-z]\w*)\s*(?:\}\}?|%|\))?")
"""A variable as templates and shells write it."""
_DIVIDES = re.compile(r"(?<!/)/(?!/)")
_SIZES = re.compile(r"[\s(\[]*[0-9]+(?:\s*[x*×,; ]\s*[0-9]+)*[\s)\]]*")
"""Sizes in a text: "1x28x28", "(1, 28, 28)"."""
_YES_OR_NO = dict.fromkeys(("true", "yes", "on", "1"), "true")
_YES_OR_NO |= dict.fromkeys(("false", "no", "off", "0"), "false")
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
    if isinstance(node.value, str) and (told := _of_text(node.value, expected)):
        return told
    if isinstance(node.value, bool | int | float) and (told := _of_number(node, expected)):
        return told
    if list(expected) == ["an array"]:
        return _array(node, path)
    if list(expected) == ["a table"] and path:
        return _table(node, path)
    if isinstance(node.value, list) and path[-1:] == ("step",):
        return 'write all equations in one string, `"""…"""`, one a line'
    return None


def _of_text(value: str, expected: Sequence[str]) -> str | None:
    if variable := _OTHER_REFERENCE.fullmatch(value):
        return f'write "${variable[1]}"'
    if "true or false" in expected:
        meant = _YES_OR_NO.get(value.casefold())
        return f"write `{meant}`, without quotes" if meant else None
    if _unquoted(value, expected):
        return f"write `{value}`, without quotes"
    if "a number" in expected and _UNIT.fullmatch(value):
        return 'numbers have no unit: time is in steps, such as "${20 / dt}" with `dt` in [vars]'
    return None


def _of_number(node: Tree, expected: Sequence[str]) -> str | None:
    value = node.value
    if isinstance(value, float) and value.is_integer() and "an integer" in expected:
        return _whole(node) or f"write `{value:.0f}`"
    if type(value) is int and value in (0, 1) and "true or false" in expected:
        return f"write `{str(bool(value)).lower()}`"
    return None


def _array(node: Tree, path: Path) -> str | None:
    """The array that is meant by one item, by sizes in a text, or by tables with names."""
    value, dotted = node.value, ".".join(map(str, path))
    if "kind" in node.table:
        return f"write each item as `[[{dotted}]]`, or all in `[ … ]`"
    if node.table and path[-1:] == ("layers",):
        return f'write each layer as `[[{dotted}]]`, with `name = "{next(iter(node.table))}"` in it'
    if type(value) is int or (isinstance(value, str) and value.isidentifier()):
        return f"write `[{toml(node)}]`"
    if isinstance(value, str) and _SIZES.fullmatch(value):
        return f"write `[{', '.join(re.findall('[0-9]+', value))}]`"
    return None


def _table(node: Tree, path: Path) -> str | None:
    """The table that gives numbers to names which stand alone."""
    names = [item.value for item in node.items] or [node.value]
    known, key = {"parameters": "1.0", "state": "0.0", "initial": "0.0"}, str(path[-1])
    if key not in known or not all(isinstance(n, str) and n.isidentifier() for n in names):
        return None
    if path[0] == "blocks":
        return f"what has no default is named by `required = {json.dumps(names)}`"
    return f"each has a number: `{key} = {{ {', '.join(f'{n} = {known[key]}' for n in names)} }}`"


def _whole(node: Tree) -> str | None:
    """The expression that gives an integer, where `/` gave another number."""
    text = node.place.quoted
    if not text.strip("'\"").startswith("${") or not _DIVIDES.search(text):
        return None
    return f"`//` divides to an integer: {_DIVIDES.sub('//', text)}"


def _unquoted(text: str, expected: Sequence[str]) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return "a number" in expected or ("an integer" in expected and number.is_integer())
