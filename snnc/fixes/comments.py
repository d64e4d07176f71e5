"""Comments that ignore findings, as edits of the lines that they answer."""

import re
from collections.abc import Iterator, Sequence

from snnc.source.diagnostic import Edit, Place, Span
from snnc.source.spans import STRING

_TOKEN = re.compile(rf"{STRING.pattern}|#[^\n]*")
_NAMED = re.compile(r"#\s*snnc:\s*ignore\s*\[[^\]\n]*(?=\])")


def ignoring(place: Place, names: Sequence[str]) -> Edit:
    """A comment for what is found at ``place``: at the end of its line, or on one above.

    In a string of several lines it stands behind the end of the string.
    """
    text, start = place.text, place.span.start
    around = next((s for s in _long(text) if s.start < start < s.end), None)
    at = around.end if around else start
    line_end = text.find("\n", at)
    end = len(text) if line_end < 0 else line_end
    line = text.rfind("\n", 0, start) + 1
    if any(string.start < end < string.end for string in _long(text)):
        return _insertion(place, line, f"# snnc: ignore[{', '.join(names)}]\n")
    comment = next((c for c in _comments(text, line) if c.start >= at and c.end <= end), None)
    named = _NAMED.search(text, comment.start, comment.end) if comment else None
    if named:
        return _insertion(place, named.end(), f", {', '.join(names)}")
    return _insertion(place, len(text[:end].rstrip()), f"  # snnc: ignore[{', '.join(names)}]")


def _insertion(place: Place, at: int, text: str) -> Edit:
    return Edit(Place(place.path, place.text, Span(at, at)), text)


def _long(text: str) -> Iterator[Span]:
    """The strings of several lines."""
    for token in _TOKEN.finditer(text):
        if token[0][0] != "#" and "\n" in token[0]:
            yield Span(*token.span())


def _comments(text: str, start: int) -> Iterator[Span]:
    for token in _TOKEN.finditer(text):
        if token[0][0] == "#" and token.end() > start:
            yield Span(*token.span())
