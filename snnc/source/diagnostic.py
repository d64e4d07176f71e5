"""Findings: one sentence, at one place, with the nearest right thing."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]
"""An "info" is worth knowing and no reason to fail: it leaves the exit code at 0."""


class Span(NamedTuple):
    """Half-open range of character offsets into a text."""

    start: int
    end: int


class Position(NamedTuple):
    """Line and column as editors count them, both from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Place:
    """A stretch of a file's text. ``text`` is the whole file, so a place can quote itself."""

    path: str
    text: str = field(repr=False)
    span: Span

    @property
    def start(self) -> Position:
        return position(self.text, self.span.start)

    @property
    def end(self) -> Position:
        return position(self.text, self.span.end)

    @property
    def quoted(self) -> str:
        return self.text[self.span.start : self.span.end]

    def within(self, start: int, end: int) -> "Place":
        """A part of this place, by offsets relative to its start."""
        return Place(self.path, self.text, Span(self.span.start + start, self.span.start + end))


@dataclass(frozen=True)
class Note:
    """A second place that explains the first, such as a definition."""

    place: Place
    message: str


@dataclass(frozen=True)
class Origin(Note):
    """The place of the text that became a part of this place: the definition of a block."""


Safety = Literal["safe", "unsafe"]
"""A "safe" fix keeps the meaning, or there was none: the spec was wrong. Others are asked for."""


@dataclass(frozen=True)
class Edit:
    """A stretch of a file, and the text that takes its place. An empty stretch is an insertion."""

    place: Place
    text: str


OTHER_NETWORK = "the network that it describes is another one"
"""The warning of a fix that is unsafe for no other reason."""


@dataclass(frozen=True)
class Fix:
    """A change of one file that answers a finding.

    ``title`` says in the imperative what it does. ``edits`` are in the order of the file and do not
    overlap. ``warning`` says what is at stake if the fix is "unsafe", such as a checkpoint's keys.
    """

    title: str
    edits: tuple[Edit, ...]
    safety: Safety = "safe"
    warning: str = ""

    @property
    def path(self) -> str:
        """The file that it changes."""
        return self.edits[0].place.path


@dataclass(frozen=True)
class Diagnostic:
    """One finding. ``code`` is stable (``SNN104``), ``name`` is its readable twin.

    ``parser`` is the offset at which a parser gave up, from where others go on. ``fixes`` are those
    that its author knows; ``snnc.fixes.fixes_of`` lists them with those that the help says.
    """

    code: str
    name: str
    message: str
    place: Place
    help: str | None = None
    notes: tuple[Note, ...] = ()
    severity: Severity = "error"
    parser: int | None = None
    fixes: tuple[Fix, ...] = field(default=(), compare=False)

    @property
    def of_rule(self) -> bool:
        """Whether a lint rule found it in a valid spec, so that a comment may ignore it."""
        return self.code.startswith("SNN4")

    @property
    def fails(self) -> bool:
        """Whether it is a reason to exit with 1."""
        return self.severity != "info"

    @property
    def origin(self) -> Place:
        """The place of the faulty text; the same for every use of a block."""
        return next((n.place for n in self.notes if isinstance(n, Origin)), self.place)


class Findings(Exception):
    """The input is wrong; ``diagnostics`` says where and how, in the file's order.

    As text it is a line for each: ``path:line:column: message``.
    """

    def __init__(self, *diagnostics: Diagnostic) -> None:
        self.diagnostics = tuple(sorted(diagnostics, key=order))
        super().__init__(*self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(f"{shown(d.place)}: {d.message}" for d in self.diagnostics)


def order(diagnostic: Diagnostic) -> tuple[str, int, str]:
    """Files in name order, then down the page."""
    place = diagnostic.place
    return place.path, place.span.start, diagnostic.code


def shown(place: Place) -> str:
    """A place as editors know how to read it."""
    line, column = place.start
    return f"{place.path}:{line}:{column}"


def position(text: str, offset: int) -> Position:
    line = bisect_right(_starts(text), offset)
    return Position(line, offset - _starts(text)[line - 1] + 1)


@lru_cache(maxsize=8)
def _starts(text: str) -> tuple[int, ...]:
    """The offsets at which its lines begin: findings are many, and a text is counted once."""
    return (0, *(found.end() for found in re.finditer("\n", text)))
