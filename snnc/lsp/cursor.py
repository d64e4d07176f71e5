"""The place of a cursor in a text that may be half typed: no parser would take it.

The text is read by its punctuation up to the cursor. What is open there is the answer: tables and
arrays, a key, a value. An inline table ends with its line, an array where a header begins.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from snnc.source.diagnostic import Span
from snnc.source.spans import CLOSED, STRING
from snnc.source.tree import Path

_TOKEN = re.compile(
    rf"(?P<string>{STRING.pattern})|(?P<comment>#[^\n]*)|(?P<end>\n)|(?P<punctuation>[][{{}}=,])"
    r"|(?P<word>[^\s\[\]{}=,#\"']+)"
)
_HEADER = re.compile(r"(\[\[?)([^\]\n=,{]*)(\]*)[ \t]*(#[^\n]*)?$", re.MULTILINE)
_PART = re.compile(rf"{STRING.pattern}|[^\s.\"']+")
_WORD = re.compile(r"[\w.@$-]*")
_PLAIN = re.compile(r"[\w@$-]*")


@dataclass
class OpenTable:
    """A table or an array that is open, from its first character on. ``count``: commas so far."""

    path: Path
    start: int
    array: bool = False
    inline: bool = True
    count: int = 0


@dataclass(frozen=True)
class Cursor:
    """The place of a cursor.

    ``path`` is that of the value, or of the table whose key is typed (``at_key``) or, in a header,
    of the table around. ``span`` is the word at the cursor without quotes, ``typed`` the part of it
    before the cursor; ``quoted`` says whether there are quotes.
    """

    path: Path
    span: Span
    typed: str
    at_key: bool = False
    in_header: bool = False
    in_comment: bool = False
    quoted: bool = False
    frames: tuple[OpenTable, ...] = field(default=(), repr=False)
    text: str = field(default="", repr=False)

    @cached_property
    def siblings(self) -> Mapping[str, str]:
        """The keys of the innermost table, also those behind the cursor, with raw values."""
        return self.pairs(self.frames[-1]) if self.frames else {}

    def pairs(self, frame: OpenTable) -> Mapping[str, str]:
        """The keys of a table that is open, with their values as they are written."""
        return {} if frame.array else dict(_pairs(self.text, frame))

    def kind(self, frame: OpenTable) -> str:
        """The kind that a table states; "" if it states none."""
        return self.pairs(frame).get("kind", "").strip("\"'")


def cursor(text: str, at: int) -> Cursor:
    """The place of the offset ``at`` in a text."""
    return _Reader(text, at).read()


class _Reader:
    """One walk up to a cursor. ``key`` is what an ``=`` has come for, ``pending`` what may be."""

    def __init__(self, text: str, at: int) -> None:
        self.text, self.at = text, at
        self.frames = [OpenTable((), 0, inline=False)]
        self.key: Path | None = None
        self.pending: Path = ()
        self.headers: Counter[Path] = Counter()
        self.around: re.Match[str] | None = None

    def read(self) -> Cursor:
        position = 0
        while position < self.at:
            header = _HEADER.match(self.text, position) if self.starts(position) else None
            if header and self.closes(header):
                if self.at <= header.end(2):
                    return self.in_header(header)
                self.enter(header)
                position = header.end(3)
                continue
            token = _TOKEN.match(self.text, position)
            if token is None:
                position += 1
                continue
            if self.inside(token):
                self.around = token
                break
            self.take(token)
            position = token.end()
        return self.here()

    def starts(self, position: int) -> bool:
        """Whether a line begins here, on which a header may stand."""
        before = self.text[self.text.rfind("\n", 0, position) + 1 : position]
        return not before.strip() and self.text[position : position + 1] == "["

    def closes(self, header: re.Match[str]) -> bool:
        """Whether a bracket begins a header, and no array within an array."""
        inside = self.frames[-1].array or self.key is not None
        return not inside or (len(header[3]) == len(header[1]) and bool(header[2].strip()))

    def enter(self, header: re.Match[str]) -> None:
        path: Path = tuple(_parts(header[2]))
        if len(header[1]) > 1:
            self.headers[path] += 1
            path = (*path, self.headers[path] - 1)
        self.frames = [OpenTable(path, header.end(3), inline=False)]
        self.key, self.pending = None, ()

    def in_header(self, header: re.Match[str]) -> Cursor:
        start, end = header.span(2)
        typed = self.text[start : max(self.at, start)]
        *above, word = (
            [*_parts(typed), ""] if typed.rstrip().endswith(".") else [*_parts(typed)] or [""]
        )
        begin = start + len(typed) - len(word)
        following = _WORD.match(self.text, max(self.at, start))
        after = following.group().partition(".")[0] if following else ""
        span = Span(begin, min(max(self.at, start) + len(after), end))
        return Cursor(tuple(above), span, word, in_header=True, text=self.text)

    def inside(self, token: re.Match[str]) -> bool:
        """Whether the cursor is in the middle of a token, or at the end of a word."""
        if token.lastgroup == "string":
            closed = CLOSED.fullmatch(token[0])
            return token.start() < self.at < token.end() + (not closed)
        if token.lastgroup in ("word", "comment"):
            return token.start() <= self.at <= token.end()
        return False

    def take(self, token: re.Match[str]) -> None:
        frame = self.frames[-1]
        match token.lastgroup:
            case "end":
                self.line_end()
            case "punctuation":
                self.punctuation(token[0], token.start(), frame)
            case "word" | "string" if self.key is None and not frame.array:
                self.pending = (*self.pending, *_parts(token[0]))

    def line_end(self) -> None:
        """Inline tables end with their line; a key without a value, too."""
        while self.frames[-1].inline and not self.frames[-1].array:
            self.frames.pop()
            self.frames[-1].count += self.frames[-1].array
        if not self.frames[-1].array:
            self.key, self.pending = None, ()

    def punctuation(self, mark: str, at: int, frame: OpenTable) -> None:
        if mark == "=" and not frame.array:
            self.key = (*frame.path, *self.pending)
        elif mark in "[{" and (frame.array or self.key is not None):
            path = (*frame.path, frame.count) if frame.array else self.key or ()
            self.frames.append(OpenTable(path, at + 1, array=mark == "["))
            self.key, self.pending = None, ()
        elif mark in "]}" and len(self.frames) > 1:
            self.frames.pop()
            self.key, self.pending = None, ()
        elif mark == ",":
            frame.count += 1
            self.key, self.pending = None, ()

    def here(self) -> Cursor:
        """The cursor in what is open now, with the word or the string around it."""
        frame, (span, quoted) = self.frames[-1], self.word()
        typed = self.text[span.start : self.at]
        line = self.text[self.text.rfind("\n", 0, self.at) + 1 : self.at]
        comment = not quoted and "#" in _without_strings(line)
        path = frame.path
        if frame.array:
            path = (*frame.path, frame.count)
        elif self.key is not None:
            path = self.key
        elif self.pending:
            path = (*path, *self.pending)
        at_key = self.key is None and not frame.array
        if (
            at_key and self.around and self.around["word"]
        ):  # the parts of a dotted key before that of the cursor
            path = (*path, *_parts(self.text[self.around.start() : span.start]))
        frames = (*self.frames,)
        return Cursor(path, span, typed, at_key, False, comment, quoted, frames, self.text)

    def word(self) -> tuple[Span, bool]:
        """The word at the cursor; of a string, its inside."""
        line, found = self.text.rfind("\n", 0, self.at) + 1, self.around
        if found is not None and found.lastgroup == "string":
            size = 3 if found[0][:3] in ('"""', "'''") else 1
            closed = bool(CLOSED.fullmatch(found[0]))
            end = found.end() - size * closed
            return Span(min(found.start() + size, self.at), max(end, self.at)), True
        start = self.at
        while start > line and (self.text[start - 1].isalnum() or self.text[start - 1] in "_@$-"):
            start -= 1
        after = _PLAIN.match(self.text, self.at)
        return Span(start, after.end() if after else self.at), False


def _parts(key: str) -> Iterator[str]:
    """The parts of a dotted key, without quotes."""
    for part in _PART.finditer(key):
        yield part[0].strip("\"'")


def _without_strings(line: str) -> str:
    return STRING.sub("", line)


def _pairs(text: str, frame: OpenTable) -> Iterator[tuple[str, str]]:
    """The keys and raw values of a table from its beginning to its end."""
    key, depth, value = "", 0, -1
    for token in _TOKEN.finditer(text, frame.start):
        mark = token[0]
        ends = depth == 0 and (mark in ("\n", ",", "}") or token.lastgroup == "comment")
        if ends or (depth == 0 and not frame.inline and mark == "[" and value < 0):
            if value >= 0:
                yield key, text[value : token.start()].strip()
            key, value = "", -1
            if mark == "[" or (frame.inline and mark in ("\n", "}")):
                return
        elif mark == "=" and depth == 0 and value < 0:
            value = token.end()
        elif value < 0 and token.lastgroup in ("word", "string"):
            key = [*_parts(mark)][-1] if [*_parts(mark)] else ""
        depth += (mark in ("[", "{")) - (mark in ("]", "}"))
    if value >= 0:
        yield key, text[value:].strip()
