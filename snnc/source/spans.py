"""Places of every key, value, header and comment of a TOML text.

``tomllib`` reads values but forgets places. It has already accepted the text, so this scanner never
judges it. The scanner follows the punctuation of a valid document.
"""

import contextlib
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from snnc.source.diagnostic import Span
from snnc.source.tree import Path

# A string up to its closing quotes, and these. No part is tried twice (++, *+): to go back would
# need a hundred bytes for each character.
_STRINGS = (
    (r'"""(?:[^"\\]++|\\[\s\S]|"(?!""))*+', '"{3,5}'),
    (r"'''(?:[^']++|'(?!''))*+", "'{3,5}"),
    (r'"(?:[^"\\\n]++|\\.)*+', '"'),
    (r"'[^'\n]*", "'"),
)
CLOSED = re.compile("|".join(f"{body}{quotes}" for body, quotes in _STRINGS))
# A string that is not closed, too, is read in one go: a broken text costs linear time.
STRING = re.compile("|".join(f"{body}(?:{quotes})?" for body, quotes in _STRINGS))
_BLANK = re.compile(r"[ \t]*")
_VOID = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_COMMENT = re.compile(r"#[^\r\n]*")
_KEY = re.compile(rf"[A-Za-z0-9_-]+|{STRING.pattern}")
_VALUE = re.compile(rf"{STRING.pattern}|\d{{4}}-\d\d-\d\d \d[^,\]}}\s#]*|[^,\]}}\s#]+")
_ESCAPE = re.compile(r"\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))")
_NAMED = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


class Mark(NamedTuple):
    """A key and the value it names; for an array's item and for a ``[header]`` twice the same."""

    key: Span
    value: Span


@dataclass(frozen=True)
class SourceMap:
    """The place of everything that ``tomllib`` returns, by its path, and of every comment."""

    marks: dict[Path, Mark]
    comments: list[Span]


class Clash(NamedTuple):
    """A key that cannot be defined because ``first``, itself or a parent, already is."""

    path: Path
    key: Span
    first: Path
    place: Span


class _Key(NamedTuple):
    """A dotted key as it is written: its parts, where each stands, and the whole of it."""

    names: list[str]
    spans: list[Span]
    span: Span


class _Cut(Exception):
    """The text ends in the middle of a statement."""


def index(text: str) -> SourceMap:
    """Map a text that ``tomllib`` accepts."""
    scanner = _Scanner(text)
    scanner.document()
    return SourceMap(scanner.marks, scanner.comments)


def index_of_part(text: str) -> SourceMap:
    """Map a text up to the first place where it is no TOML."""
    scanner = _Scanner(text)
    with contextlib.suppress(_Cut):
        scanner.document()
    return SourceMap(scanner.marks, scanner.comments)


def begun(text: str) -> tuple[int, Path]:
    """The start of the last statement of ``text``, a document up to its error, and its table."""
    scanner = _Scanner(text)
    with contextlib.suppress(_Cut):
        scanner.document()
    return scanner.begun


def clash(text: str) -> Clash | None:
    """The key that the last key of ``text`` collides with, in a document up to its error."""
    scanner = _Scanner(text)
    with contextlib.suppress(_Cut):
        scanner.document()
    path, key = scanner.last
    for length in range(len(path), 0, -1):
        mark = scanner.marks.get(path[:length])
        if mark and mark.key.end <= key.start:
            return Clash(path, key, path[:length], mark.key)
    return None


class _Scanner:
    """One walk down a text; ``at`` is how far it got."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.marks: dict[Path, Mark] = {}
        self.comments: list[Span] = []
        self.last: tuple[Path, Span] = ((), Span(0, 0))
        self.newest: dict[Path, int] = {}  # array of tables -> number of its latest item
        self.begun: tuple[int, Path] = (0, ())

    def document(self) -> None:
        table: Path = ()
        while self.void():
            self.begun = self.at, table
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)

    def header(self) -> Path:
        """Read ``[a.b]`` or ``[[a.b]]``; the table that the lines below belong to."""
        start = self.at
        width = 2 if self.text.startswith("[[", start) else 1
        self.at += width
        key = self.key()
        parents, path = self.tables(key.names)
        self.last = (path, key.span)
        self.expect("]" * width)
        here = Mark(Span(start, self.at), Span(start, self.at))
        for parent in parents:
            self.marks.setdefault(parent, here)
        return self.table(path, here) if width == 1 else self.element(path, here)

    def table(self, path: Path, here: Mark) -> Path:
        self.marks[path] = here  # its own header says more than one of a table within it
        return path

    def element(self, path: Path, here: Mark) -> Path:
        self.marks.setdefault(path, here)
        self.newest[path] = self.newest.get(path, -1) + 1
        return self.table((*path, self.newest[path]), here)

    def tables(self, names: list[str]) -> tuple[list[Path], Path]:
        """The tables that a header opens on its way, and the one it names."""
        parents: list[Path] = []
        path: Path = ()
        for name in names[:-1]:
            path = (*path, name)
            parents.append(path)
            path = (*path, self.newest[path]) if path in self.newest else path
        return parents, (*path, names[-1])

    def pair(self, table: Path) -> None:
        key = self.key()
        path = table
        for name, span in zip(key.names[:-1], key.spans[:-1], strict=True):
            path = (*path, name)
            self.marks.setdefault(path, Mark(span, span))
        path = (*path, key.names[-1])
        self.expect("=")
        self.blank()
        value = self.value(path)
        self.marks.setdefault(path, Mark(key.spans[-1], value))
        self.last = (path, key.span)

    def value(self, path: Path) -> Span:
        start = self.at
        if self.peek() == "[":
            self.items("]", lambda number: self.item((*path, number)))
        elif self.peek() == "{":
            self.items("}", lambda _: self.pair(path))
        else:
            self.take(_VALUE)
        return Span(start, self.at)

    def items(self, close: str, item: Callable[[int], None]) -> None:
        self.at += 1
        number = 0
        while self.void() != close:
            item(number)
            number += 1
            if self.void() == ",":
                self.at += 1
        self.at += 1

    def item(self, path: Path) -> None:
        span = self.value(path)
        self.marks[path] = Mark(span, span)

    def key(self) -> _Key:
        names: list[str] = []
        spans: list[Span] = []
        while not spans or self.peek() == ".":
            self.at += 1 if spans else 0
            self.blank()
            spans.append(self.take(_KEY))
            names.append(_name(self.text[spans[-1].start : spans[-1].end]))
            self.blank()
        return _Key(names, spans, Span(spans[0].start, spans[-1].end))

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, pattern: re.Pattern[str]) -> Span:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise _Cut
        self.at = found.end()
        return Span(*found.span())

    def expect(self, word: str) -> None:
        if not self.text.startswith(word, self.at):
            raise _Cut
        self.at += len(word)

    def blank(self) -> None:
        self.take(_BLANK)

    def void(self) -> str:
        """Pass space, line ends and comments; what stands behind them, empty at the end."""
        space = self.take(_VOID)
        comments = _COMMENT.finditer(self.text, space.start, space.end)
        self.comments += [Span(*comment.span()) for comment in comments]
        return self.peek()


def _name(written: str) -> str:
    if written[0] == '"':
        return _ESCAPE.sub(_unescape, written[1:-1])
    return written[1:-1] if written[0] == "'" else written


def _unescape(escape: re.Match[str]) -> str:
    """The character of an escape; one that TOML does not know is no more than its letter."""
    code = int(escape[1] or escape[2] or escape[3] or "0", 16)
    if escape[4]:
        return _NAMED.get(escape[4], escape[4])
    return chr(code) if code <= sys.maxunicode else "\N{REPLACEMENT CHARACTER}"
