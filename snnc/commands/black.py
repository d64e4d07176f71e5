"""Black's excludes: regular expressions in pyproject.toml, to which an alternative is added.

``extend-exclude`` is for folders that black searches, ``force-exclude`` for files by name.
"""

import re
import tomllib
from collections.abc import Sequence

_TABLE = re.compile(r"^\[tool\.black\][ \t]*(?:#.*)?\n", re.MULTILINE)
_KEYS = ("force-exclude", "extend-exclude")
_STRING = r"^{key}[ \t]*=[ \t]*(?P<quote>'''|\"\"\"|'|\")(?P<text>.*?)(?P=quote)"


def with_excludes(text: str, packages: Sequence[str]) -> str | None:
    """A pyproject.toml in which black leaves the packages out; None if that is not certain.

    One without [tool.black] stays as it is: black's own settings change no generated file.
    """
    table = _TABLE.search(text)
    if table is None:
        return text if "[tool.black]" not in text else None
    rest = text[table.end() :]
    own = rest[: found.start()] if (found := re.search(r"^\[", rest, re.MULTILINE)) else rest
    changed = own
    for key in _KEYS:
        changed = _in_table(changed, key, _pattern(packages))
    whole = f"{text[: table.end()]}{changed}{rest[len(own) :]}"
    return whole if all(_leaves_out(whole, key, packages) for key in _KEYS) else None


def _pattern(packages: Sequence[str]) -> str:
    """The packages seen from the root, whose path begins with /; no backslash, no quotes."""
    return f"^/({'|'.join(package.replace('.', '[.]') for package in packages)})/"


def _in_table(text: str, key: str, pattern: str) -> str:
    found = re.search(_STRING.format(key=key), text, re.MULTILINE | re.DOTALL)
    if found is None:
        return f"{key} = '{pattern}'\n{text}"
    several = "\n" in found["text"]  # then black reads it as a verbose one
    more = f"{found['text'].rstrip()}\n| {pattern}\n" if several else f"{found['text']}|{pattern}"
    return f"{text[: found.start('text')]}{more}{text[found.end('text') :]}"


def _leaves_out(text: str, key: str, packages: Sequence[str]) -> bool:
    try:
        pattern = tomllib.loads(text)["tool"]["black"][key]
        found = re.compile(pattern, re.VERBOSE if "\n" in pattern else 0)
    except (ValueError, RecursionError, KeyError, TypeError, re.error):
        return False
    return all(found.search(f"/{package}/model.py") for package in packages)
