"""Reading a spec: the tree and its places, and one clear sentence for whatever is wrong."""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snnc import formats
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.nearest import nearest, one_of
from snnc.source.source import parse, read
from snnc.source.tree import Tree

SPEC = """\
format = 1  # the language
[network]
layers = [
  { kind = "Conv2d", stride.x = 2 },
]
[[tables]]
n = 1
"""


def quoted(tree: Tree | None) -> tuple[str, str]:
    assert tree is not None
    return tree.key.quoted, tree.place.quoted


def refused(text: str) -> Diagnostic:
    with pytest.raises(Findings) as raised:
        parse("x.snn.toml", text)
    (diagnostic,) = raised.value.diagnostics
    return diagnostic


# --- what is right ---


def test_tree_knows_its_places() -> None:
    source = parse("x.snn.toml", SPEC)
    layer = source.tree.find(("network", "layers", 0))[0]
    assert quoted(source.tree.get("format")) == ("format", "1")
    assert quoted(source.tree.get("network")) == ("[network]", "[network]")
    assert quoted(layer) == ('{ kind = "Conv2d", stride.x = 2 }',) * 2
    assert quoted(layer.get("kind")) == ("kind", '"Conv2d"')
    assert quoted(layer.get("stride")) == ("stride", "stride")
    assert quoted(source.tree.find(("tables", 0))[0]) == ("[[tables]]", "[[tables]]")
    assert [SPEC[c.start : c.end] for c in source.comments] == ["# the language"]


def test_tree_is_the_data() -> None:
    assert parse("x.snn.toml", SPEC).tree.plain() == {
        "format": 1,
        "network": {"layers": ({"kind": "Conv2d", "stride": {"x": 2}},)},
        "tables": ({"n": 1},),
    }


def test_empty() -> None:
    source = parse("x.snn.toml", "")
    assert source.tree.plain() == {}
    assert source.tree.place.start == (1, 1)


def test_unusual_scalars() -> None:
    tree = parse("x", "a = -inf\nb = 1979-05-27 07:32:00Z\nc = nan\nd = 1e999").tree
    assert tree.table["a"].value == -float("inf")
    assert tree.table["b"].value == datetime(1979, 5, 27, 7, 32, tzinfo=UTC)
    assert repr(tree.table["c"].value) == "nan"
    assert tree.table["d"].value == float("inf")


@pytest.mark.parametrize("end", [b"\r\n", b"\r\r\n"])  # the latter was converted twice
def test_crlf_keeps_lines_and_columns(tmp_path: Path, end: bytes) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b'a = """\nx\n"""\nb = 2\n'.replace(b"\n", end))
    source = read(path)
    assert source.tree.table["a"].value == "x\n"
    assert source.tree.table["b"].place.start == (4, 5)
    assert source.text == 'a = """\nx\n"""\nb = 2\n'


def test_path_is_shown_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.toml").write_text("a = 1\n", "utf-8")
    assert read("./x.toml").path == "./x.toml"
    assert read(Path("x.toml")).path == "x.toml"


def test_a_missing_file_is_for_the_caller(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none.toml")
    with pytest.raises(Findings, match="this is a folder"):
        read(tmp_path)


# --- what is wrong ---


@pytest.mark.parametrize(
    ("text", "where", "quote", "message"),
    [
        ("a =", (1, 4), "", "a value is missing here"),
        ("a = # b\n", (1, 5), "#", "a value is missing here"),
        ("a = relu", (1, 5), "relu", "`relu` is not a value"),
        ("a = True", (1, 5), "True", "`True` is not a value"),
        ("a\nb = 1", (1, 2), "", "`=` is missing after the key"),
        ("= 1", (1, 1), "=", "a line cannot begin with `=`"),
        ("a = 1 b = 2", (1, 7), "b", "the line should end here, but `b` follows"),
        ("a = 1\rb", (1, 6), "\r", "the line should end here, but the character U+000D follows"),
        ("[a", (1, 3), "", "the header is not closed: expected `]`"),
        ("[[a]\n", (1, 4), "]", "the header is not closed: expected `]]`"),
        ("[]", (1, 2), "]", "expected a key, not `]`"),
        (
            "a = { b = 1, }",
            (1, 12),
            ",",
            "an inline table `{ … }` has no comma after its last entry",
        ),
        ("a = { b = 1\n}", (1, 12), "", "the inline table is not closed: expected `,` or `}`"),
        ("a = [1 2]", (1, 8), "2", "the array is not closed: expected `,` or `]`"),
        ("a = 'b\n", (1, 5), "'", "the string that begins here is never closed"),
        ("a = 'b\nc = 'd'", (1, 7), "", "the string is not closed on its line"),
        ("a = 'b\nc = \"d\"", (1, 5), "'", "the string that begins here is never closed"),
        ('b = ""\na = "b', (2, 5), '"', "the string that begins here is never closed"),
        ("a = '''b\n\n", (1, 5), "'''", "the string that begins here is never closed"),
        (r'a = "\q"', (1, 6), r"\q", r"`\q` is not a valid escape"),
        (r'a = "\ud800"', (1, 6), r"\ud800", r"`\ud800` is not a valid escape"),
        ("# \x01", (1, 3), "\x01", "the character U+0001 is not allowed here"),
        ("a = 1979-02-30", (1, 5), "1979-02-30", "`1979-02-30` is not a valid date or time"),
        (f"a = 1{'0' * 5000}", (1, 5), f"1{'0' * 5000}", "this integer has too many digits"),
        ("\r\na = 1\r\nb", (3, 2), "", "`=` is missing after the key"),
    ],
)  # fmt: skip
def test_invalid_toml(text: str, where: tuple[int, int], quote: str, message: str) -> None:
    found = refused(text)
    assert (found.code, found.name, found.severity) == ("SNN001", "invalid-toml", "error")
    assert (found.message, found.place.start, found.place.quoted) == (message, where, quote)


@pytest.mark.parametrize(
    ("text", "message", "first"),
    [
        ("a = 1\nb = 2\na = 3\n", "`a` is defined twice", (1, 1)),
        ("[a]\nb = 1\n[a]\n", "`a` is defined twice", (1, 1)),
        ("[a]\n'b' = 1\nb = 2", "`a.b` is defined twice", (2, 1)),
        ("a = { b = 1, b = 2 }", "`a.b` is defined twice", (1, 7)),
        ("x = 0\na = 1\n[a.b]", "`a.b` cannot be added: `a` is already defined", (2, 1)),
        ("[[a]]\n[a]", "`a` is defined twice", (1, 1)),
        ("a = [1]\n[[a]]", "`a` is defined twice", (1, 1)),
        ("[a]\nb.c = 1\n[a.b]", "`a.b` is defined twice", (2, 1)),
        ("[[a.b]]\n[a]\nb.c = 1", "`a.b.c` cannot be added: `a.b` is already defined", (1, 1)),
    ],
)
def test_defined_twice(text: str, message: str, first: tuple[int, int]) -> None:
    found = refused(text)
    assert found.message == message
    (note,) = found.notes
    assert note.message.endswith("is first defined here")
    assert note.place.start == first
    assert first < found.place.start


def test_byte_order_mark() -> None:
    found = refused("\ufeffa = 1")
    assert found.message == "the file begins with a byte order mark, which TOML does not allow"
    assert found.place.start == (1, 1)


def test_a_bracket_left_open_is_named() -> None:
    found = refused('layers = [\n  { kind = "IF" },\n[output]\nreadout = "mean"\n')
    assert found.message == "a table begins here, but an array is not closed"
    (note,) = found.notes
    assert (note.message, note.place.start) == ("this `[` is not closed", (1, 10))


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "[" * 65 + "]" * 65,
        "a = " + "{ b = " * 5_000,
        "a." * 100_000 + "b = 1",
        "[" + "a." * 100_000 + "b]",
        "[" + "a." * 40 + "b]\n" + "a." * 40 + "b = 1",
    ],
)
def test_too_deep(text: str) -> None:
    found = refused(text)
    assert found.message == "tables and arrays are nested more than 64 levels deep here"


def test_a_mistake_before_the_depth_comes_first() -> None:
    assert refused("a = relu\nb = " + "[" * 100).message == "`relu` is not a value"


def test_depth_within_reason() -> None:
    assert parse("x", "a = " + "[" * 60 + "]" * 60).tree.table["a"].items
    assert parse("x", "a = [" + "0.5, " * 1000 + "]").tree.table["a"].items


@pytest.mark.parametrize(
    ("data", "where", "message"),
    [
        (b"a = 1\r\nb = '\xe9'", (2, 6), "the file is not UTF-8: byte 0xE9 cannot stand here"),
        ("é = 1".encode() + b"\xff", (1, 6), "the file is not UTF-8: byte 0xFF cannot stand here"),
        ("a = 1".encode("utf-16"), (1, 1), "the file is not UTF-8: byte 0xFF cannot stand here"),
    ],
)  # fmt: skip
def test_not_utf8(tmp_path: Path, data: bytes, where: tuple[int, int], message: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(data)
    with pytest.raises(Findings) as raised:
        read(path)
    (found,) = raised.value.diagnostics
    assert (found.code, found.name) == ("SNN002", "not-utf8")
    assert (found.place.start, found.message) == (where, message)


def test_utf16_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes("a = 1".encode("utf-16"))
    with pytest.raises(Findings) as raised:
        read(path)
    assert raised.value.diagnostics[0].help == "it looks like UTF-16; save it as UTF-8"


# --- whatever comes ---

TOML_LIKE = st.text(alphabet="[]{}=\"'\\\n\r\t .,#ab1-:TZ+_u", max_size=30)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A good document with a stretch replaced."""
    start = draw(st.integers(0, len(SPEC)))
    end = start + draw(st.integers(0, 5))
    return SPEC[:start] + draw(TOML_LIKE) + SPEC[end:]


@settings(deadline=None, max_examples=500)
@given(st.one_of(st.text(), TOML_LIKE, damaged()))
def test_nasty_text_is_only_ever_refused(text: str) -> None:
    for found in findings(text):
        assert "(at " not in found.message
        assert 0 <= found.place.span.start <= found.place.span.end <= len(text)
        assert all(formats.render(name, [found]) for name in formats.names())
        json.loads(formats.render("sarif", [found]))
        ElementTree.fromstring(formats.render("junit", [found]))


def findings(text: str) -> tuple[Diagnostic, ...]:
    try:
        parse("x.snn.toml", text)
    except Findings as raised:
        return raised.diagnostics
    return ()


@settings(deadline=None, max_examples=100)
@given(data=st.binary(max_size=40))
def test_nasty_bytes_are_only_ever_refused(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "nasty.toml"
    path.write_bytes(data)
    with suppress(Findings):
        assert read(path).text == re.sub(r"\r+\n", "\n", data.decode())


# --- did you mean ---


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("conv2d", "Conv2d"),
        ("batch_norm2d", "BatchNorm2d"),
        ("chanels", "channels"),
        ("kernel", "kernel_size"),
        ("strdie", "stride"),
        ("Conv", "Conv2d"),
        ("torch.nn.Conv1d()", "Conv1d"),
        ("Convolution", "Conv2d"),
        ("xyz", None),
        ("", None),
        ("c" * 1000, None),
    ],
)
def test_nearest(word: str, expected: str | None) -> None:
    known = ["Conv1d", "Conv2d", "BatchNorm2d", "channels", "kernel_size", "stride"]
    assert nearest(word, known, "layer") == expected


def test_nearest_of_nothing_and_of_equals() -> None:
    assert nearest("a", []) is None
    assert nearest("B", ["b", "B"]) == "B"


def test_one_of() -> None:
    assert one_of([]) == ""
    assert one_of("a") == "`a`"
    assert one_of("ab") == "`a` or `b`"
    assert one_of("abc") == "`a`, `b` or `c`"
    assert one_of("abcde", limit=2) == "`a`, `b`, … (3 more)"
