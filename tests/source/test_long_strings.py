"""A long string costs what its characters do: to go back would need a hundred bytes for each."""

import tracemalloc

import pytest

from snnc.source.spans import CLOSED, STRING


@pytest.mark.parametrize("quotes", ['"', "'", '"""', "'''"])
@pytest.mark.parametrize("closed", [True, False])
def test_a_long_string_needs_no_memory_to_go_back(quotes: str, closed: bool) -> None:
    text = f"{quotes}{'word ' * 200_000}{quotes * closed}"
    tracemalloc.start()
    try:
        found = STRING.match(text)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found is not None
    assert found.end() == len(text)
    assert most < len(text)


@pytest.mark.parametrize(
    ("text", "length", "closes"),
    [
        ('"a\\"b" "c"', 6, True),
        ('"""a"b""c"""" x', 13, True),
        ("'''a'b''c'''''", 14, True),
        ('"a\\\\" x', 5, True),
        ('"a\nb"', 2, False),
        ('"""a\\"""', 8, False),
        ("'a\\'b'", 4, True),
    ],
)
def test_where_a_string_ends(text: str, length: int, closes: bool) -> None:
    found, whole = STRING.match(text), CLOSED.match(text)
    assert found is not None
    assert found.end() == length
    assert (whole is not None and whole.end() == length) == closes
