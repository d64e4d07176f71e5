"""Entries of a file: where a key and its value stand, and the edits that change or delete them.

An edit is a stretch of the text and what takes its place. A function returns None where the text
has a form in which it would have to guess.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache

from snnc.source.diagnostic import Edit, Place, Span
from snnc.source.spans import Mark, index_of_part
from snnc.source.tree import Path

_COMMA = re.compile(r"[ \t]*,")
_BLANKS = re.compile(r"[ \t]*")
_REST = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_BEFORE = re.compile(r",[ \t]*\Z")


@dataclass(frozen=True)
class Entry:
    """A key with its value, an item of an array, or a ``[header]``, at a path of a file."""

    file: str
    text: str
    path: Path
    mark: Mark

    @property
    def key(self) -> Place:
        return Place(self.file, self.text, self.mark.key)

    @property
    def value(self) -> Place:
        return Place(self.file, self.text, self.mark.value)

    @property
    def whole(self) -> Place:
        """The entry from its key to the end of its value."""
        return Place(self.file, self.text, Span(self.mark.key.start, self.mark.value.end))

    @property
    def keyed(self) -> bool:
        """Whether it is ``key = value``: neither an item nor a header."""
        return self.mark.key != self.mark.value

    @property
    def header(self) -> bool:
        """Whether it is a ``[header]``, one of an array of tables too."""
        if self.keyed or self.value.quoted[:1] != "[":
            return False
        above = self.text[self.text.rfind("\n", 0, self.mark.key.start) + 1 : self.mark.key.start]
        array = at(self.value, self.path[:-1]) if isinstance(self.path[-1], int) else None
        return not above.strip() and (array is None or not array.keyed)

    def within(self, *keys: str | int) -> "Entry | None":
        """The entry below this one at ``keys``."""
        return at(self.value, (*self.path, *keys))

    @property
    def parent(self) -> "Entry | None":
        """The table or array that holds it; None at the top of a file."""
        return at(self.value, self.path[:-1])


def at(place: Place, path: Path) -> Entry | None:
    """The entry at ``path`` in the file of ``place``."""
    mark = _marks(place.text).get(path)
    return Entry(place.path, place.text, path, mark) if mark else None


def entry(place: Place) -> Entry | None:
    """The innermost entry of which ``place`` is the key, the value or the header."""
    path = _innermost(place.text).get(place.span)
    return None if path is None else at(place, path)


def entries_of(found: Entry) -> list[Entry]:
    """The entries beside one, and itself."""
    marks, near = _marks(found.text), _beside(found.text).get(found.path[:-1], ())
    return [Entry(found.file, found.text, path, marks[path]) for path in near]


@lru_cache(maxsize=8)
def _marks(text: str) -> dict[Path, Mark]:
    return index_of_part(text).marks


@lru_cache(maxsize=8)
def _innermost(text: str) -> dict[Span, Path]:
    """The longest path of which a span is the key or the value."""
    found: dict[Span, Path] = {}
    for path, mark in _marks(text).items():
        for span in (mark.key, mark.value):
            if len(path) > len(found.get(span, ())) or span not in found:
                found[span] = path
    return found


@lru_cache(maxsize=8)
def _beside(text: str) -> dict[Path, list[Path]]:
    """The paths below each, one step down."""
    found: dict[Path, list[Path]] = {}
    for path in _marks(text):
        found.setdefault(path[:-1], []).append(path)
    return found


@dataclass
class _Extent:
    """The stretch of an entry and all below it, and how many of these begin behind its start."""

    start: int
    end: int
    behind: int = 0


@lru_cache(maxsize=8)
def _extents(text: str) -> dict[Path, _Extent]:
    """The extent of every entry."""
    found: dict[Path, _Extent] = {}
    for path, mark in _marks(text).items():
        for depth in range(1, len(path) + 1):
            extent = found.setdefault(path[:depth], _Extent(mark.key.start, mark.value.end))
            extent.start = min(extent.start, mark.key.start)
            extent.end = max(extent.end, mark.value.end)
    for path, mark in _marks(text).items():
        for depth in range(1, len(path) + 1):
            found[path[:depth]].behind += mark.key.start > found[path[:depth]].start
    return found


@lru_cache(maxsize=8)
def _starts(text: str) -> list[int]:
    return sorted(mark.key.start for mark in _marks(text).values())


def replaced(place: Place, text: str) -> Edit:
    """``text`` for a stretch; a string in single quotes keeps them."""
    quoted = place.quoted
    if quoted[:1] == "'" and quoted[:3] != "'" * 3 and re.fullmatch(r'"[^"\\\'\n]*"', text):
        text = f"'{text[1:-1]}'"
    return Edit(place, text)


def stated(table: Entry, key: str, value: str) -> Edit | None:
    """``key = value`` in a table: in place of another value, or as a further entry of it."""
    if found := table.within(key):
        return replaced(found.value, value) if found.keyed else None
    place, quoted = table.value, table.value.quoted
    if quoted[:1] in ("'", '"') and not table.header:
        return Edit(place, f"{{ kind = {quoted}, {key} = {value} }}")
    if quoted[:1] == "{":
        end = len(quoted[:-1].rstrip())
        before, after = (", ", "") if end > 1 else (" ", "" if quoted[end] == " " else " ")
        return Edit(place.within(end, end), f"{before}{key} = {value}{after}")
    if table.header:
        line = _REST.match(place.text, place.span.end)
        if line and line[0].endswith("\n"):
            end = line.end() - place.span.start
            return Edit(place.within(end, end), f"{key} = {value}\n")
    return None


def top(place: Place, key: str, value: str) -> Edit:
    """``key = value`` on a line of its own before that of a place."""
    line = place.text.rfind("\n", 0, place.span.start) + 1
    return Edit(Place(place.path, place.text, Span(line, line)), f"{key} = {value}\n")


def deleted(found: Entry) -> Edit | None:
    """Nothing for an entry, and for the comma or the line that it leaves."""
    parent = found.parent
    if found.header:
        return _section(found)
    if not found.keyed:
        return _item(found.whole)
    if parent is None or parent.header or parent.value.quoted[:1] != "{":
        return _line(found.whole)
    return _between(found.whole)


def _section(found: Entry) -> Edit | None:
    """A ``[header]`` and all below it; None if parts of it stand elsewhere."""
    text, start = found.text, found.mark.key.start
    own = _extents(text)[found.path]
    starts = _starts(text)
    inside = bisect_left(starts, own.end) - bisect_right(starts, start)
    if own.start < start or inside != own.behind:
        return None
    return _line(Place(found.file, text, Span(start, own.end)))


def _line(whole: Place) -> Edit | None:
    """All lines of an entry; None if something else stands on them, such as a dotted key."""
    text, span = whole.text, whole.span
    start = text.rfind("\n", 0, span.start) + 1
    rest = _REST.match(text, span.end)
    if text[start : span.start].strip() or rest is None:
        return None
    return Edit(Place(whole.path, text, Span(start, rest.end())), "")


def _item(whole: Place) -> Edit:
    comma = _COMMA.match(whole.text, whole.span.end)
    line = _line(whole.within(0, comma.end() - whole.span.start) if comma else whole)
    return line or _between(whole)


def _between(whole: Place) -> Edit:
    """An entry between others on its line, with one comma."""
    text, (start, end) = whole.text, whole.span
    if comma := _COMMA.match(text, end):
        blanks = _BLANKS.match(text, comma.end())
        end = blanks.end() if blanks else comma.end()
    elif before := _BEFORE.search(text, text.rfind("\n", 0, start) + 1, start):
        start = before.start()
    return Edit(Place(whole.path, text, Span(start, end)), "")
