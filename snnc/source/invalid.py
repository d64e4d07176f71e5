"""Findings in a text that is not TOML, in the words of snnc and at the place that matters.

``tomllib`` stops at the first error and reports the place of its parser. For a duplicate key or an
open string this is not the place of the error.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from snnc.source.diagnostic import Diagnostic, Note, Place, Span
from snnc.source.limits import PUNCTUATION
from snnc.source.meant import Finding, begins_anew, is_header, meant
from snnc.source.reading import one_line_end
from snnc.source.spans import CLOSED, clash
from snnc.source.tree import Path

_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_TOKEN = re.compile(r"[\w+.:-]+|.|")
_ENTRY = re.compile(r"[\w.-]+[ \t]*=")
_LONG_INTEGER = re.compile(r"\d[\d_]{4000,}")
_QUOTE = "text needs quotes"
_ONE_LINE = "an inline table `{ … }` must be on one line, without a comma after its last entry"


def invalid_toml(path: str, text: str, error: ValueError) -> Diagnostic:
    """The parser's complaint about ``text`` as a diagnostic."""
    return replace(_invalid(path, text, error), parser=_offset(text, str(error)))


def _invalid(path: str, text: str, error: ValueError) -> Diagnostic:
    complaint = _WHERE.sub("", str(error))
    at = _offset(text, str(error))
    if re.match("Cannot (overwrite|declare|redefine|mutate)|Duplicate", complaint):
        return _twice(path, text, at)
    if (found := meant(text, at)) is not None:
        return _diagnostic(path, text, found)
    for pattern, describe in _WORDING:
        if re.match(pattern, complaint):
            told = _diagnostic(path, text, describe(text, at))
            return replace(told, notes=_still_open(told.place))
    return _diagnostic(path, text, Finding(_token(text, at), f"not valid TOML: {complaint}"))


def byte_order_mark(path: str, text: str) -> Diagnostic:
    message = "the file begins with a byte order mark, which TOML does not allow"
    advice = "save it as UTF-8 without a byte order mark (BOM)"
    return _diagnostic(path, text, Finding(Span(0, 1), message, advice))


def not_utf8(path: str, data: bytes, start: int) -> Diagnostic:
    """``start`` is the first byte that is not UTF-8."""
    text = one_line_end(data.decode("utf-8", errors="replace"))
    at = len(one_line_end(data[:start].decode("utf-8")))
    place = Place(path, text, Span(at, at + 1))
    message = f"the file is not UTF-8: byte 0x{data[start]:02X} cannot stand here"
    utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    advice = "it looks like UTF-16; save it as UTF-8" if utf16 else "save the file as UTF-8"
    return Diagnostic("SNN002", "not-utf8", message, place, advice)


def _diagnostic(path: str, text: str, finding: Finding) -> Diagnostic:
    place = Place(path, text, finding.span)
    return Diagnostic("SNN001", "invalid-toml", finding.message, place, finding.help)


def _still_open(place: Place) -> tuple[Note, ...]:
    """A bracket from a line above that nothing has closed may be the real mistake."""
    opened: list[Span] = []
    for token in PUNCTUATION.finditer(place.text, 0, place.span.start):
        if token[0] in ("[", "{"):
            opened.append(Span(*token.span()))
        elif token[0] in ("]", "}"):
            del opened[-1:]
    if not begins_anew(place.text, place.span.start):
        return ()
    places = [Place(place.path, place.text, span) for span in opened]
    above = [p for p in places if p.start.line < place.start.line]
    return tuple(Note(p, f"this `{p.quoted}` is not closed") for p in above[-1:])


def _twice(path: str, text: str, at: int) -> Diagnostic:
    found = clash(text[:at])
    if found is None:
        return _diagnostic(path, text, Finding(_token(text, at), "this is defined twice"))
    key, first = _dotted(found.path), _dotted(found.first)
    message = f"`{key}` is defined twice"
    if key != first:
        message = f"`{key}` cannot be added: `{first}` is already defined"
    note = Note(Place(path, text, found.place), f"`{first}` is first defined here")
    place = Place(path, text, found.key)
    return Diagnostic("SNN001", "invalid-toml", message, place, notes=(note,))


def _dotted(path: Path) -> str:
    return _short(".".join(step for step in path if isinstance(step, str)))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def _offset(text: str, complaint: str) -> int:
    where = _WHERE.search(complaint)
    if where is None or where[1] is None:
        return len(text.rstrip())
    lines = text.split("\n")[: int(where[1]) - 1]
    return sum(len(line) + 1 for line in lines) + int(where[2]) - 1


def _token(text: str, at: int) -> Span:
    """The word or character at an offset; nothing at the end of a line."""
    found = _TOKEN.match(text, at)
    return Span(*found.span()) if found else Span(at, at)


def _shown(text: str, span: Span) -> str:
    word = text[span.start : span.end]
    return f"`{_short(word)}`" if word.isprintable() else f"the character U+{ord(word[0]):04X}"


def _value(text: str, at: int) -> Finding:
    span = _token(text, at)
    word = text[span.start : span.end]
    if word in ("", "#", ",", "]", "}"):
        return Finding(span, "a value is missing here")
    message = f"{_shown(text, span)} is not a value"
    if text[at - 1 : at] == "[" and is_header(text, at):
        return _table_in_array(text, at)
    if word.lower() in ("true", "false"):
        return Finding(span, message, f"TOML writes `{word.lower()}`")
    return Finding(span, message, _QUOTE if word[0].isalpha() else None)


def _table_in_array(text: str, at: int) -> Finding:
    """A header where an array goes on: the array was not closed, or has a table in it."""
    start = text.rfind("\n", 0, at) + 1
    span = Span(start + text[start:at].index("["), _token(text, at).end + 1)
    if span.start == start:
        return Finding(span, "a table begins here, but an array is not closed")
    advice = 'write `{ kind = "Flatten" }`, or every item as `[[network.layers]]`'
    return Finding(span, "a [table] cannot stand in an array", advice)


def _key(text: str, at: int) -> Finding:
    span = _token(text, at)
    word = text[span.start : span.end]
    if word == "" and "{" in text[:at]:
        return _brace(text, at)
    if word in ("", "}"):
        return Finding(span, "a key is missing here", _ONE_LINE)
    return Finding(span, f"expected a key, not {_shown(text, span)}")


def _brace(text: str, at: int) -> Finding:
    """An inline table that does not end on its line: it is open, or written over several lines."""
    start = text.rfind("{", 0, at)
    span, before, after = Span(start, start + 1), text[start + 1 : at], text[at:].lstrip()
    if before.strip() and after[:1] in ("{", "]", "["):
        return Finding(span, "this `{` is not closed on its line", "write `}` at its end")
    return Finding(span, "an inline table `{ … }` stands on one line", "join its lines")


def _entry(text: str, at: int) -> Finding:
    """A finding behind an entry of an inline table: most often a comma is missing."""
    span = _token(text, at)
    if _ENTRY.match(text, at):
        return Finding(span, f"a `,` is missing before {_shown(text, span)}")
    return Finding(span, "the inline table is not closed: expected `,` or `}`", _ONE_LINE)


def _item(text: str, at: int) -> Finding:
    """A comma is missing, most often at the end of the line above."""
    before = len(text[:at].rstrip())
    if "\n" not in text[before:at] or begins_anew(text, at):
        advice = "the array is not closed: expected `,` or `]`"
        return Finding(_token(text, at), advice)
    line = text.count("\n", 0, before) + 1
    return Finding(Span(before - 1, before), f"a `,` is missing at the end of line {line}")


def _statement(text: str, at: int) -> Finding:
    span = _token(text, at)
    message = f"a line cannot begin with {_shown(text, span)}"
    return Finding(span, message, "expected `key = value`, a `[table]` or a `# comment`")


def _line_end(text: str, at: int) -> Finding:
    span = _token(text, at)
    message = f"the line should end here, but {_shown(text, span)} follows"
    return Finding(span, message, f"write one `key = value` per line; {_QUOTE}")


def _escape(text: str, at: int) -> Finding:
    start = max(text.rfind("\\", 0, at), 0)
    span = Span(start, max(at, start + 1))
    advice = "write `\\\\` for a backslash, or use single quotes, which have no escapes"
    return Finding(span, f"{_shown(text, span)} is not a valid escape", advice)


def _character(text: str, at: int) -> Finding:
    span = Span(at, at + 1)
    if text[at : at + 1] == "\n":
        advice = 'write `"` at its end; several lines need `"""` before and after'
        return Finding(Span(at, at), "the string is not closed on its line", advice)
    return Finding(span, f"{_shown(text, span)} is not allowed here")


def _open_string(text: str, at: int) -> Finding:
    for token in PUNCTUATION.finditer(text):
        if token[0][0] in ('"', "'") and not CLOSED.fullmatch(token[0]):
            quotes = 3 if token[0][:3] in ('"""', "'''") else 1
            span = Span(token.start(), token.start() + quotes)
            return Finding(span, "the string that begins here is never closed")
    return Finding(_token(text, at), "the string is never closed")


def _date(text: str, at: int) -> Finding:
    span = _token(text, at)
    return Finding(span, f"{_shown(text, span)} is not a valid date or time")


def _integer(text: str, at: int) -> Finding:
    found = _LONG_INTEGER.search(text)
    span = Span(*found.span()) if found else _token(text, at)
    return Finding(span, "this integer has too many digits")


def _missing(message: str, advice: str | None = None) -> Callable[[str, int], Finding]:
    return lambda text, at: Finding(_token(text, at), message, advice)


_WORDING: tuple[tuple[str, Callable[[str, int], Finding]], ...] = (
    ("Invalid value", _value),
    ("Invalid initial character", _key),
    ("Invalid statement", _statement),
    ("Invalid date", _date),
    ("Invalid hex|Unescaped|Escaped character", _escape),
    ("Expected newline", _line_end),
    ("Expected '='", _missing("`=` is missing after the key")),
    (r"Expected '\]'", _missing("the header is not closed: expected `]`")),
    (r"Expected '\]\]'", _missing("the header is not closed: expected `]]`")),
    ("Expected|Unterminated", _open_string),
    ("Unclosed array", _item),
    ("Unclosed inline", _entry),
    ("Illegal|Found invalid", _character),
    ("Exceeds the limit", _integer),
)
