"""Plain command lines of lint and build, read without the parser of all commands.

That one takes longer to start than a lint of a spec. It still reads whatever is not plain: help,
mistakes, options of other commands; so it alone says what is wrong. Tests compare both.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

from snnc.options import BuildOptions, LintOptions

_SWITCHES = {"--no-cache": "cache", "-q": "quiet", "--quiet": "quiet"}
"""Other names of fields, for options without a value."""
_VALUES = {"--set": "settings", "-o": "out", "--out": "out"}
"""Other names of fields, for options with a value."""
_OF_PATHS = ("out", "stdin_filename")
_FORMAT = "SNNC_OUTPUT_FORMAT"


def command(words: Sequence[str]) -> Callable[[], int] | None:
    """The command of a plain command line, to be called; None: the whole parser has to read it."""
    if not words or words[0] not in ("lint", "build"):
        return None
    kind: type[Any] = LintOptions if words[0] == "lint" else BuildOptions
    found = options(kind, words[1:])
    return None if found is None else partial(_run, words[0], found)


def _run(name: str, found: Any) -> int:
    from snnc import terminal

    if name == "lint":
        from snnc.commands.lint import lint

        return terminal.quietly(found.quiet, lint, found)
    from snnc.commands.build import build

    return terminal.quietly(found.quiet, build, found)


def options(kind: type[Any], words: Sequence[str]) -> Any:
    """The options of plain words; None if there is anything else among them."""
    given: dict[str, Any] = {"paths": ()}
    if stated := os.environ.get(_FORMAT):
        given["output_format"] = stated
    left = list(words)
    while left:
        word = left.pop(0)
        if word == "-" or not word.startswith("-"):
            given["paths"] += (Path(word),)
        elif not _option(kind, word, left, given):
            return None
    return kind(**given)


def _option(kind: type[Any], word: str, left: list[str], given: dict[str, Any]) -> bool:
    """Whether an option could be read, and its value if it has one."""
    known: Mapping[str, Any] = {field.name: field.default for field in fields(kind)}
    name = word.removeprefix("--").replace("-", "_") if word.startswith("--") else ""
    name = _SWITCHES.get(word) or _VALUES.get(word) or name
    if name not in known or (name in ("paths", "settings", "cache") and name == word[2:]):
        return False
    if isinstance(known[name], bool):
        given[name] = name != "cache"
        return True
    if not left or left[0].startswith("-"):
        return False
    value = left.pop(0)
    if isinstance(known[name], tuple):
        given[name] = (*given.get(name, ()), value)
    else:
        given[name] = Path(value) if name in _OF_PATHS else value
    return True
