"""Text that is no TOML is left out, up to the next table: what follows can still be read."""

import re
from typing import NamedTuple

from snnc.source.diagnostic import Diagnostic, Span
from snnc.source.spans import begun
from snnc.source.tree import Path

_HEADER = re.compile(r"^\[\[?[ \t]*[\w\"'-]", re.MULTILINE)
_ANEW = re.compile(r"^(?:\[\[?[ \t]*)?[\w\"'][^\n=\[{]*[=\]]", re.MULTILINE)
_NAME = re.compile(r"\[*[ \t]*[\"']?([\w-]+)")
_INK = re.compile(r"[^\n]")
_FINAL = ("merge", "JSON")
"""Words of findings that concern the whole file."""


class Cut(NamedTuple):
    """A stretch that cannot be read, and the keys at the top that it had a part in."""

    span: Span
    lost: frozenset[str]


def statement(text: str, diagnostic: Diagnostic) -> Cut | None:
    """The stretch to leave out because of a finding; None if nothing would be left."""
    at = diagnostic.parser
    if at is None or any(word in diagnostic.message for word in _FINAL):
        return None
    start, table = begun(text[:at])
    line = text.rfind("\n", 0, at) + 1
    if at >= len(text.rstrip()) or text[start] == "[":
        found = _HEADER.search(text, start + 1)
    elif start >= line:
        found = _ANEW.search(text, start + 1)
    else:
        found = _HEADER.search(text, line)
    span = Span(start, found.start() if found else len(text))
    return Cut(span, _lost(text, span, table))


def _lost(text: str, span: Span, table: Path) -> frozenset[str]:
    """The keys at the top of what stands in a stretch; "" if those are not known."""
    if table and text[span.start] != "[":
        return frozenset({str(table[0])})
    name = _NAME.match(text, span.start)
    whole = text[span.start] == "[" or "\n" not in text[span.start : span.end].strip()
    return frozenset({name[1]} if name and whole else {""})


def blanked(text: str, span: Span) -> str:
    """The text with blanks in place of a stretch; lines stay where they are."""
    return text[: span.start] + _INK.sub(" ", text[span.start : span.end]) + text[span.end :]
