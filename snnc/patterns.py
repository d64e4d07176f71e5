"""Patterns of files, as git reads the lines of a .gitignore file.

They become regular expressions, which a stranger may write to take for ever: a ``*`` never gives
back what the text behind it has matched, and a pattern has at most three ``**``.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

MOST_DEEP = 3
"""The number of ``**`` in a pattern."""
_FOLDER = "ps_d"
"""The group of pathspec's expressions that is the slash behind a folder's name."""
_STAR = "[^/]*"
_NAME = r"(?:\[\^/\]\*|\[\^?(?:\\.|[^\]\\])*\]|\\.|[^/()])+"
"""The part of a regular expression that stands for one name of a path."""


@dataclass(frozen=True)
class Patterns:
    """The patterns for what lies in a folder, whose path ends with a slash; the last decides."""

    folder: str
    last_first: "tuple[GitIgnoreSpecPattern, ...]"

    @staticmethod
    def of(folder: str | os.PathLike[str], lines: Iterable[str]) -> "Patterns":
        """The patterns among ``lines``."""
        made = [_pattern(line) for line in lines if is_pattern(line)]
        return Patterns(f"{os.fspath(folder).rstrip('/')}/", tuple(reversed(made)))

    def names(self, path: str, folder: bool = False) -> bool | None:
        """Whether a file or folder is named itself; None: no pattern is about it."""
        inner = path.removeprefix(self.folder) + "/" * folder
        return next((p.include for p in self.last_first if _matches(p, inner)), None)


def is_pattern(line: str) -> bool:
    """Whether a line is a pattern that can be used; a comment is none."""
    from pathspec.patterns.gitignore.base import GitIgnorePatternError

    try:
        return _pattern(line).include is not None and line.isprintable()
    except GitIgnorePatternError:
        return False


def _pattern(line: str) -> "GitIgnoreSpecPattern":
    """A pattern whose expression needs no more time than a text and itself are long.

    Raises:
        GitIgnorePatternError: it is none.
    """
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern  # few runs have patterns

    regex, include = GitIgnoreSpecPattern.pattern_to_regex(line)
    if regex is None or line.count("**") > MOST_DEEP:
        return GitIgnoreSpecPattern(None)
    return GitIgnoreSpecPattern(re.compile(re.sub(_NAME, _once, regex)), include)


def _matches(pattern: "GitIgnoreSpecPattern", path: str) -> bool:
    """Whether it names the path itself: neither a folder around it, nor only what is in it."""
    found = pattern.regex.finditer(path) if pattern.regex else ()
    return any(_whole(match, path) for match in found)


def _whole(match: re.Match[str], path: str) -> bool:
    if match.groupdict().get(_FOLDER):
        return match.end(_FOLDER) == len(path)
    return match.end() < len(path) or not path.endswith("/")


def _once(name: re.Match[str]) -> str:
    """A name in which each ``*`` but the last takes as little as it can, once and for all."""
    first, *between = name[0].split(_STAR)
    if len(between) < 2:
        return name[0]
    last = between.pop()
    return first + "".join(f"(?>{_STAR}?{part})" for part in between) + _STAR + last
