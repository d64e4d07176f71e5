"""Offsets and positions, in each encoding and with every line end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position

from snnc.lsp.positions import TextPositions
from snnc.source.diagnostic import Span

TEXTS = st.text(alphabet="ab\n\ré\U0001f9e0\u2028\x0b", max_size=30)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-32"])


@given(TEXTS, ENCODINGS)
def test_an_offset_comes_back(text: str, encoding: str) -> None:
    positions = TextPositions(text, encoding)
    for offset in range(len(positions.read) + 1):
        assert positions.offset(positions.position(offset)) == offset


@given(TEXTS, ENCODINGS, st.integers(0, 40), st.integers(0, 90))
def test_every_position_has_an_offset(text: str, encoding: str, line: int, unit: int) -> None:
    positions = TextPositions(text, encoding)
    offset = positions.offset(Position(line, unit))
    assert 0 <= offset <= len(positions.read)
    assert positions.position(offset).line <= line or line >= text.count("\n")


@given(TEXTS, ENCODINGS)
def test_positions_are_in_order(text: str, encoding: str) -> None:
    positions = TextPositions(text, encoding)
    found = [positions.position(offset) for offset in range(len(positions.read) + 1)]
    assert found == sorted(found, key=lambda each: (each.line, each.character))
    assert len(found) == len({(each.line, each.character) for each in found})


@pytest.mark.parametrize(("encoding", "character"), [("utf-8", 7), ("utf-16", 4), ("utf-32", 3)])
def test_by_hand(encoding: str, character: int) -> None:
    """An é is two bytes, a brain four bytes or two units; CRLF is one line end."""
    positions = TextPositions("x\r\né\U0001f9e0b\n", encoding)
    assert positions.read == "x\né\U0001f9e0b\n"
    found = positions.range(Span(2, 5))
    assert (found.start, found.end) == (Position(1, 0), Position(1, character))
    assert positions.offset(Position(1, 10**6)) == 5
    assert positions.offset(Position(9, 0)) == 6
    assert positions.offset(Position(0, 1)) == 1
