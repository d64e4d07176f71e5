"""The format for people: the message, the line, and carets below the place."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from snnc.formats._run import Run
from snnc.formats._visible import visible
from snnc.source.diagnostic import Diagnostic, Place

_TAB = "    "
_LONGEST = 160
MOST = 200
"""Findings of one file that are told unless a project says more; of others only the number."""
MOST_NOTES = 20
"""Of one finding."""
_STYLES = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;34",
    "note": "1;36",
    "place": "1",
    "gutter": "1;34",
}

_Paint = Callable[[str, str], str]


def render(
    diagnostics: Sequence[Diagnostic],
    run: Run | None = None,
    *,
    colour: bool = False,
    most: int = MOST,
) -> str:
    """One paragraph for each diagnostic, but at most ``most`` of a file.

    ``colour`` uses ANSI escapes, for terminals.
    """
    paint = _ansi if colour else _plain
    paragraphs = ("\n".join(lines) for lines in _paragraphs(diagnostics, paint, most))
    return "\n".join(f"{paragraph}\n" for paragraph in paragraphs)


def _paragraphs(
    diagnostics: Sequence[Diagnostic], paint: _Paint, most: int
) -> Iterator[Iterator[str]]:
    """The first findings of each file, and at the end how many more there are."""
    told: Counter[str] = Counter()
    for diagnostic in diagnostics:
        told[diagnostic.place.path] += 1
        if told[diagnostic.place.path] <= most:
            yield _paragraph(diagnostic, paint)
    for path, count in told.items():
        if count > most:
            plural = "s" if count - most > 1 else ""
            yield iter([f"{visible(path)}: … and {count - most:,} more finding{plural}"])


def _paragraph(diagnostic: Diagnostic, paint: _Paint) -> Iterator[str]:
    notes = diagnostic.notes[:MOST_NOTES]
    places = [diagnostic.place, *(note.place for note in notes)]
    margin = max(len(str(place.start.line)) for place in places)
    label = paint(f"{diagnostic.severity}[{diagnostic.code}]", diagnostic.severity)
    message = f"{diagnostic.name}: {visible(diagnostic.message)}"
    yield f"{_location(diagnostic.place, paint)} {label} {message}"
    yield from _snippet(diagnostic.place, margin, diagnostic.severity, paint)
    yield from _help(diagnostic.help, margin, paint)
    for note in notes:
        yield f"{_location(note.place, paint)} {paint('note', 'note')}: {visible(note.message)}"
        yield from _snippet(note.place, margin, "note", paint)
    if more := len(diagnostic.notes) - len(notes):
        yield f"… {more:,} more notes"


def _location(place: Place, paint: _Paint) -> str:
    line, column = place.start
    return paint(f"{visible(place.path)}:{line}:{column}:", "place")


def _snippet(place: Place, margin: int, style: str, paint: _Paint) -> Iterator[str]:
    line, column = place.start
    begin = place.span.start - column + 1
    end = place.text.find("\n", begin)
    whole = place.text[begin : len(place.text) if end < 0 else end].removesuffix("\r")
    skipped, source = _window(whole, column)
    first, last = column - 1 - skipped, place.span.end - begin - skipped
    left, marked = source[:first], source[first : max(last, 0)]
    carets = paint("^" * max(_width(marked), 1), style)
    bar = paint("|", "gutter")
    yield f"{'':{margin}} {bar}"
    yield f"{paint(f'{line:>{margin}}', 'gutter')} {bar} {_shown(source)}".rstrip()
    yield f"{'':{margin}} {bar} {' ' * _width(left)}{carets}"


def _window(line: str, column: int) -> tuple[int, str]:
    """The part of a long line around a column, and how many characters come before it."""
    start = max(min(column - _LONGEST // 2, len(line) - _LONGEST), 0)
    part = line[start : start + _LONGEST]
    head = "…" if start else ""
    tail = "…" if start + _LONGEST < len(line) else ""
    return start, head + part[len(head) : len(part) - len(tail)] + tail


def _help(text: str | None, margin: int, paint: _Paint) -> Iterator[str]:
    if text is None:
        return
    first, *more = text.split("\n")
    yield f"{'':{margin}} {paint('=', 'gutter')} {paint('help', 'place')}: {visible(first)}"
    for line in more:
        yield f"{'':{margin}}         {visible(line)}".rstrip()


def _shown(source: str) -> str:
    return visible(source.replace("\t", _TAB))


def _width(source: str) -> int:
    """The number of columns of a text on a terminal."""
    return sum(_columns(character) for character in _shown(source))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _plain(text: str, _style: str) -> str:
    return text


def _ansi(text: str, style: str) -> str:
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"
