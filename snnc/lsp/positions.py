"""Offsets into a text, as snnc counts them, and positions, as the protocol does.

snnc reads each CRLF as one LF, and counts code points. The protocol ends lines at CRLF, LF and CR,
and counts the units of an encoding, by default UTF-16.
"""

import re
from bisect import bisect_right
from functools import cached_property

from lsprotocol import types

from snnc.source.diagnostic import Place, Span
from snnc.source.reading import one_line_end

_LINE_END = re.compile(r"\r\n|\n|\r")
_LOST = re.compile(r"\r+(?=\n)")
_LAST_OF_PLANE = 0xFFFF


class TextPositions:
    """Positions in one text. ``encoding`` is the one that client and server agreed upon."""

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text, self.encoding = text, encoding

    @cached_property
    def read(self) -> str:
        """The text as snnc reads it, to which offsets refer."""
        return one_line_end(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in _LINE_END.finditer(self.text))]

    @cached_property
    def _lost(self) -> list[int]:
        """The offset in the text of each character that snnc does not read."""
        return [at for found in _LOST.finditer(self.text) for at in range(*found.span())]

    @cached_property
    def _gaps(self) -> list[int]:
        """The offset in what snnc reads of each character that it does not read."""
        return [at - number for number, at in enumerate(self._lost)]

    def position(self, offset: int) -> types.Position:
        """The position of an offset into what snnc reads."""
        at = min(max(offset, 0), len(self.read))
        at += bisect_right(self._gaps, at - 1)
        line = bisect_right(self._starts, at) - 1
        return types.Position(line, self._units(self.text[self._starts[line] : at]))

    def offset(self, position: types.Position) -> int:
        """The offset of a position; one beyond a line or the text is at its end."""
        if position.line >= len(self._starts):
            return len(self.read)
        line = self._line(position.line)
        at = self._starts[position.line] + self._characters(line, position.character)
        return at - bisect_right(self._lost, at - 1)

    def range(self, span: Span) -> types.Range:
        """The range of a stretch of what snnc reads."""
        return types.Range(self.position(span.start), self.position(span.end))

    def of(self, place: Place) -> types.Range:
        """The range of a place in this text."""
        return self.range(place.span)

    def _line(self, number: int) -> str:
        """A line without its end."""
        after = self._starts[number + 1] if number + 1 < len(self._starts) else len(self.text)
        return self.text[self._starts[number] : after].rstrip("\r\n")

    def _units(self, text: str) -> int:
        if self.encoding == "utf-8":
            return len(text.encode("utf-8", errors="surrogatepass"))
        wide = 0 if self.encoding == "utf-32" else sum(ord(c) > _LAST_OF_PLANE for c in text)
        return len(text) + wide

    def _characters(self, line: str, units: int) -> int:
        """The characters of a line that so many units hold; half of one does not count."""
        seen = 0
        for number, character in enumerate(line):
            seen += self._units(character)
            if seen > units:
                return number
        return len(line)
