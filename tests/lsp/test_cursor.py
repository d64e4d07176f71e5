"""The place of a cursor in texts that no parser takes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snnc.lsp.cursor import Cursor, cursor

AT = "\u2588"
LAYER = ("network", "layers", 0)


def at(text: str) -> Cursor:
    return cursor(text.replace(AT, ""), text.index(AT))


@pytest.mark.parametrize(
    ("text", "path", "said"),
    [
        ("fo█rmat = 1", (), {"at_key": True, "typed": "fo"}),
        ("format = █", ("format",), {"typed": ""}),
        ("a.b█ = 1", ("a",), {"at_key": True, "typed": "b"}),
        ('name = "ne█t"', ("name",), {"quoted": True, "typed": "ne"}),
        ("[inp█ut]", (), {"in_header": True, "typed": "inp"}),
        ("[train.lo█sses]", ("train",), {"in_header": True, "typed": "lo"}),
        ("[train.█", ("train",), {"in_header": True, "typed": ""}),
        ("[train]\nlo█", ("train",), {"at_key": True, "typed": "lo"}),
        ("[[a]]\n[[a]]\nb = █", ("a", 1, "b"), {}),
        ("[network]\nlayers = [█", LAYER, {"at_key": False}),
        ("[network]\nlayers = [ { █", LAYER, {"at_key": True}),
        ('[network]\nlayers = [\n  "a",\n  { kind = █', (*LAYER[:2], 1, "kind"), {}),
        ('[network]\nlayers = [ { from = ["a", "█', (*LAYER, "from", 1), {"quoted": True}),
        ("[network]\nlayers = [ { s = { k = 1, █ } } ]", (*LAYER, "s"), {"at_key": True}),
        ("a = 1 # so█", ("a",), {"in_comment": True}),
        ('a = "# no█"', ("a",), {"in_comment": False, "quoted": True}),
        ('a = """\nx = 1 # y█\n"""', ("a",), {"quoted": True}),
        ("a = [1, 2]\n█", (), {"at_key": True}),
        ("a = { b = 1\n█", (), {"at_key": True}),
        ("a = [\n  { b = 1,\n  █", ("a", 1), {"at_key": False}),
        ("a = [\n[train]\nb█", ("train",), {"at_key": True}),
        ("a = [\n  [1], [█", ("a", 1, 0), {}),
        ('a = "not closed\nb█', (), {"at_key": True}),
    ],
)
def test_places(text: str, path: tuple[str | int, ...], said: dict[str, Any]) -> None:
    found = at(text)
    assert found.path == path
    assert {key: getattr(found, key) for key in said} == said


def test_the_keys_of_a_table_are_known_before_and_behind() -> None:
    found = at('[network]\nlayers = [ { kind = "LIF", █, tau = 2.0, s = { k = [1, 2] } }, "IF" ]')
    assert found.siblings == {"kind": '"LIF"', "tau": "2.0", "s": "{ k = [1, 2] }"}
    found = at('[train]\nloss = "mse" # a\n█\namp = true\n[vars]\nx = 1\n')
    assert found.siblings == {"loss": '"mse"', "amp": "true"}


@given(st.text(alphabet="ab= \n\"'[]{},.#$", max_size=40), st.integers(0, 40))
def test_every_text_has_an_answer(text: str, offset: int) -> None:
    offset = min(offset, len(text))
    found = cursor(text, offset)
    assert 0 <= found.span.start <= offset <= found.span.end <= len(text)
    assert found.typed == text[found.span.start : offset]
    assert isinstance(found.siblings, dict)
