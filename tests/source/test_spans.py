"""Every path of a TOML document is found, where it was written."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta, timezone
from pathlib import Path as File
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snnc.source.diagnostic import Span
from snnc.source.spans import SourceMap, clash, index, index_of_part
from snnc.source.tree import Path

SPECS = sorted((File(__file__).resolve().parents[2] / "specs").glob("*.snn.toml"))

EVERYTHING = '''
# first
title = "a \\"quoted\\" one" # second
"quoted key" = 1
'literal.key' = 2
"esc\\u0041ped\\t" = 3
"" = "empty key"
a . "b" . c = true
date = 1979-05-27 07:32:00-08:00 # a date with a space
days = [1979-05-27, 07:32:00]
basic = """
x = "# no comment"
""quoted"""""
literal = \'\'\'it's \'\'quoted\'\'\'\'\'
backslash = """ \\""" \\\\"""
numbers = [ 1, [0x2A, # third
  1_000.5e-3,], [ ], -inf,
]
point = { x = 1, y.z = [{ w = "}" }], "q r" = \'#\' }

[table] # fourth
key = "]"
[ table . "sub table" ]
key = nan
[[list]]
name = "first"
[list.inner]
deep = 1
[[list.inner.more]]
[[list]]
[[list.items]]
k = 1
[[list.items]]
k = 2
[late.child]
[late]
'''


def paths(value: object, at: Path = ()) -> Iterator[tuple[Path, object]]:
    """Every node below ``value`` with its path."""
    children: Iterator[tuple[str | int, object]] = iter(())
    if isinstance(value, dict):
        children = iter(value.items())
    elif isinstance(value, list):
        children = iter(enumerate(value))
    for step, child in children:
        yield (*at, step), child
        yield from paths(child, (*at, step))


def quote(text: str, span: Span) -> str:
    return text[span.start : span.end]


def check(text: str) -> SourceMap:
    """The map agrees with tomllib: same paths, and what stands there is what it read."""
    nodes = dict(paths(tomllib.loads(text)))
    source_map = index(text)
    assert set(source_map.marks) == set(nodes)
    for path, mark in source_map.marks.items():
        value, name = quote(text, mark.value), quote(text, mark.key)
        if not isinstance(nodes[path], dict | list):
            assert repr(tomllib.loads(f"x = {value}")) == repr({"x": nodes[path]})
        if mark.key != mark.value:
            assert tomllib.loads(f"{name} = 1") == {path[-1]: 1}
        if mark.key == mark.value and value.startswith("["):
            assert value.endswith("]")
    return source_map


def test_everything_at_once() -> None:
    source_map = check(EVERYTHING)
    comments = [quote(EVERYTHING, span) for span in source_map.comments]
    assert comments == ["# first", "# second", "# a date with a space", "# third", "# fourth"]


def test_crlf() -> None:
    text = EVERYTHING.replace("\n", "\r\n")
    comments = [quote(text, span) for span in check(text).comments]
    assert comments[0] == "# first"


def test_zoo() -> None:
    for path in SPECS:
        check(path.read_text("utf-8"))


@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("title",), "title", '"a \\"quoted\\" one"'),
        (("a",), "a", "a"),
        (("a", "b"), '"b"', '"b"'),
        (("a", "b", "c"), "c", "true"),
        (("date",), "date", "1979-05-27 07:32:00-08:00"),
        (("days", 1), "07:32:00", "07:32:00"),
        (("numbers", 1, 0), "0x2A", "0x2A"),
        (("point", "y", "z", 0), '{ w = "}" }', '{ w = "}" }'),
        (("table",), "[table]", "[table]"),
        (("table", "sub table"), '[ table . "sub table" ]', '[ table . "sub table" ]'),
        (("list",), "[[list]]", "[[list]]"),
        (("list", 0, "inner"), "[list.inner]", "[list.inner]"),
        (("list", 0, "inner", "more", 0), "[[list.inner.more]]", "[[list.inner.more]]"),
        (("list", 1, "items", 1, "k"), "k", "2"),
        (("late",), "[late]", "[late]"),  # its own header, not the one that implied it
    ],
)
def test_where(path: Path, key: str, value: str) -> None:
    mark = index(EVERYTHING).marks[path]
    assert (quote(EVERYTHING, mark.key), quote(EVERYTHING, mark.value)) == (key, value)


def test_items_of_an_array_of_tables_have_their_own_headers() -> None:
    marks = index(EVERYTHING).marks
    first, second = marks["list", 0].key, marks["list", 1].key
    assert marks[("list",)].key == first
    assert EVERYTHING.find("[[list]]") == first.start < second.start


@pytest.mark.parametrize(
    ("text", "path", "first"),
    [
        ("a = 1\na = 2", ("a",), ("a",)),
        ("a = 1\n[a.b", ("a", "b"), ("a",)),
        ("[[a]]\n[[a]]\nb.c = 1\nb.c = 2", ("a", 1, "b", "c"), ("a", 1, "b", "c")),
        ("a = { b = 1, b = 2", ("a", "b"), ("a", "b")),
        ("a = 1\na = { b = 2 }", ("a",), ("a",)),
    ],
)
def test_clash(text: str, path: Path, first: Path) -> None:
    found = clash(text)
    assert found is not None
    assert (found.path, found.first) == (path, first)
    assert found.place.end <= found.key.start


def test_no_clash() -> None:
    assert clash("a = 1\nb = 2") is None
    assert clash("") is None


# --- random documents, written in random ways ---

NAMES = st.one_of(st.sampled_from(["a", "b-1", "2", "_"]), st.text(max_size=4))
ZONES = st.one_of(st.none(), st.integers(-720, 720).map(lambda m: timezone(timedelta(minutes=m))))
SCALARS = st.one_of(
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(max_size=8),
    st.text(alphabet="\"'\\\n #]}=,", max_size=8),
    st.dates(),
    st.times().map(lambda t: t.replace(fold=0)),
    st.datetimes(timezones=ZONES).map(lambda t: t.replace(fold=0)),
)
VALUES = st.recursive(
    SCALARS,
    lambda child: (
        st.lists(child, max_size=3)
        | st.dictionaries(NAMES, child, max_size=3)
        | st.lists(st.dictionaries(NAMES, child, max_size=2), max_size=3)
    ),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(NAMES, VALUES, max_size=5)


@dataclass
class Writer:
    """Writes a value as TOML, choosing among the ways to write it."""

    random: Random
    comments: int = 0

    def choose(self, *options: str) -> str:
        return self.random.choice(options)

    def comment(self) -> str:
        written = self.choose("", "", " # [a] \"'''")
        self.comments += bool(written)
        return written

    def body(self, path: list[str], table: dict[str, Any]) -> str:
        """The lines of a table, then the tables below it under headers of their own."""
        lines, below = "", ""
        for name, value in table.items():
            if self.has_headers(value):
                below += self.headers([*path, self.key(name)], value)
            else:
                lines += self.lines(self.key(name), value)
        return lines + below

    def has_headers(self, value: Any) -> bool:
        tables = isinstance(value, list) and value and all(isinstance(v, dict) for v in value)
        return bool((isinstance(value, dict) or tables) and self.choose("", "header"))

    def headers(self, path: list[str], value: Any) -> str:
        name = self.choose(".", " . ").join(path)
        if isinstance(value, list):
            bodies = [self.body(path, item) for item in value]
            return "".join(f"[[{name}]]{self.comment()}\n{body}" for body in bodies)
        body = self.body(path, value)
        if body.startswith(f"[{name}.") and self.choose("", "implied"):
            return body
        return f"[ {name}]{self.comment()}\n{body}"

    def lines(self, key: str, value: Any) -> str:
        if isinstance(value, dict) and value and self.choose("", "dotted"):
            return "".join(self.lines(f"{key}.{self.key(k)}", v) for k, v in value.items())
        pad, blank = self.choose("", "  ", "\t"), self.choose("", "\n")
        return f"{pad}{key} ={pad}{self.value(value)}{self.comment()}\n{blank}"

    def value(self, value: Any) -> str:
        if isinstance(value, dict):
            pairs = ", ".join(f"{self.key(k)}= {self.value(v)}" for k, v in value.items())
            return f"{{ {pairs} }}"
        if isinstance(value, list):
            return self.array([self.value(item) for item in value])
        return self.scalar(value)

    def array(self, items: list[str]) -> str:
        last = self.choose("", ",") if items else ""
        commas = [","] * (len(items) - 1) + [last]
        lines = [item + comma + self.gap() for item, comma in zip(items, commas, strict=False)]
        return f"[{self.gap()}{''.join(lines)}]"

    def gap(self) -> str:
        return self.choose("", " ") or f"{self.comment()}\n\t"

    def key(self, name: str) -> str:
        if re.fullmatch(r"[A-Za-z0-9_-]+", name) and self.choose("", "bare"):
            return name
        return self.one_line(name)

    def one_line(self, text: str) -> str:
        plain = not re.search(r"['\x00-\x08\x0a-\x1f\x7f]", text)
        return f"'{text}'" if plain and self.choose("", "literal") else f'"{escape(text)}"'

    def scalar(self, value: Any) -> str:
        if isinstance(value, str):
            return self.string(value)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, date | time):
            # a datetime is a date, too
            return value.isoformat().replace("T", self.choose("T", " ", "t"))
        if isinstance(value, int) and value >= 0:
            return self.choose(str(value), hex(value), f"{value:_}", f"+{value}")
        return repr(value)

    def string(self, text: str) -> str:
        if self.choose("", "one line"):
            return self.one_line(text)
        first = "\n" if text.startswith("\n") else self.choose("", "\n")
        literal = not re.search(r"'''|'$|[\x00-\x08\x0b-\x1f\x7f]", text)
        if literal and self.choose("", "literal"):
            return f"'''{first}{text}'''"
        raw = text.replace("\\", "\\\\").replace('"""', '""\\"')
        controls = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", lambda c: f"\\u{ord(c[0]):04x}", raw)
        return f'"""{first}{controls}"""'


def escape(text: str) -> str:
    quoted = re.sub(r'["\\]', lambda c: f"\\{c[0]}", text)
    return re.sub(r"[\x00-\x1f\x7f]", lambda c: f"\\u{ord(c[0]):04x}", quoted)


@st.composite
def written(draw: Any) -> tuple[dict[str, Any], str, int]:
    data = draw(DOCUMENTS)
    writer = Writer(Random(draw(st.integers(0, 2**32))))
    text = writer.comment() + "\n" + writer.body([], data)
    windows = "\r" not in text and draw(st.booleans())
    return data, text.replace("\n", "\r\n") if windows else text, writer.comments


def ordered(value: Any) -> Any:
    """Headers change the order of a table's keys, which means nothing."""
    if isinstance(value, dict):
        return {key: ordered(value[key]) for key in sorted(value)}
    return [ordered(item) for item in value] if isinstance(value, list) else value


@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
@given(written())
def test_random_documents(document: tuple[dict[str, Any], str, int]) -> None:
    data, text, comments = document
    assert repr(ordered(tomllib.loads(text))) == repr(ordered(data))
    assert len(check(text).comments) == comments


@pytest.mark.parametrize("escape", [r"\u000U", r"\UFFFFFFFF", r"\xZZ", r"\q"])
def test_keys_with_escapes_that_toml_does_not_know_are_read_on(escape: str) -> None:
    """Text that no parser takes is mapped for fixes of what stands beside the fault."""
    found = index_of_part(f'a = 1\n"{escape}b" = 2\nc = 3\n').marks
    assert len(found) == 3
    assert {("a",), ("c",)} < {*found}
