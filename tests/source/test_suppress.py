"""Ignoring warnings, and being told about ignores that are wrong."""

from dataclasses import replace

from snnc.source.diagnostic import Diagnostic, Place, Severity, Span
from snnc.source.source import Source, parse
from snnc.source.suppress import suppress


def finding(source: Source, quote: str, severity: Severity = "warning") -> Diagnostic:
    start = source.text.index(quote)
    place = source.place(Span(start, start + len(quote)))
    return Diagnostic("SNN301", "dead-layer", "nobody reads it", place, severity=severity)


def left(text: str, quote: str, severity: Severity = "warning") -> list[tuple[str, int]]:
    """Codes and lines of what remains of one finding at ``quote``."""
    source = parse("x.snn.toml", text)
    remaining = suppress(source, [finding(source, quote, severity)])
    return [(found.code, found.place.start.line) for found in remaining]


def test_nothing_to_ignore() -> None:
    assert left("a = 1", "a") == [("SNN301", 1)]


def test_same_line() -> None:
    assert left("a = 1 # snnc: ignore[dead-layer]", "a") == []
    assert left("a = 1 # snnc: ignore[SNN301]", "1") == []
    assert left("a = 1 #snnc:ignore [ dead-layer ] because", "a") == []
    assert left("a = 1 # why # snnc: ignore[dead-layer]", "a") == []


def test_line_above() -> None:
    assert left("# snnc: ignore[dead-layer]\na = 1", "a =") == []
    assert left("  # snnc: ignore[dead-layer]\n[a]", "[a]") == []
    assert left("a = [\n# snnc: ignore[dead-layer]\n  {b = 1},\n]", "{b") == []


def test_elsewhere_ignores_nothing() -> None:
    text = "# snnc: ignore[dead-layer]\n\na = 1"
    assert left(text, "a = ") == [("SNN004", 1), ("SNN301", 3)]
    text = "b = 2 # snnc: ignore[dead-layer]\na = 1"
    assert left(text, "a = 1") == [("SNN004", 1), ("SNN301", 2)]
    text = '"#" = 2 # snnc: ignore[dead-layer]\na = 1'
    assert left(text, "a = 1") == [("SNN004", 1), ("SNN301", 2)]


def test_inside_a_long_string() -> None:
    text = '# snnc: ignore[dead-layer]\nstep = """\nh = v\n"""'
    assert left(text, "h = v") == []
    assert left('step = """\nh = v\n""" # snnc: ignore[dead-layer]', "h = v") == []
    assert left('step = """\nh = v # snnc: ignore[dead-layer]\n"""', "h = v") == [("SNN301", 2)]


def test_whole_file() -> None:
    assert left("a = 1\n\n# snnc: file-ignore[dead-layer]", "a") == []
    assert left("a = 1 # snnc: file-ignore[SNN301]\nb = 2", "b") == []


def test_several_names() -> None:
    text = "a = 1 # snnc: ignore[SNN999, dead-layer]"
    source = parse("x.snn.toml", text)
    (unused,) = suppress(source, [finding(source, "a")])
    assert (unused.code, unused.name, unused.severity) == ("SNN004", "unused-ignore", "warning")
    assert unused.message == "`SNN999` ignores nothing here"
    assert unused.place.quoted == "SNN999"


def test_one_ignore_for_two_findings() -> None:
    source = parse("x.snn.toml", "a = 1 # snnc: ignore[dead-layer]")
    assert suppress(source, [finding(source, "a"), finding(source, "1")]) == ()


def test_an_info_is_answered_like_a_warning() -> None:
    assert left("a = 1 # snnc: ignore[dead-layer]", "a", "info") == []


def test_errors_stay() -> None:
    source = parse("x.snn.toml", "a = 1 # snnc: ignore[dead-layer]")
    error, unused = suppress(source, [finding(source, "a", "error")])
    assert error.severity == "error"
    assert unused.help == "it is an error, and only warnings can be ignored"


def test_blanket() -> None:
    for comment in ("# snnc: ignore", "# snnc: ignore[]", "# snnc: ignore[x", "#snnc:ignore all"):
        source = parse("x.snn.toml", f"a = 1 {comment}")
        kept, blanket = suppress(source, [finding(source, "a")])
        assert kept.code == "SNN301"
        assert (blanket.code, blanket.name) == ("SNN003", "blanket-ignore")
        assert blanket.severity == "error"
        assert blanket.place.quoted.startswith("#")
    (blanket,) = suppress(parse("x", "# snnc: file-ignore"), [])
    assert blanket.help == "write `# snnc: file-ignore[rule-name]`"


def test_ordinary_comments() -> None:
    for comment in ("# snnc: ignored", "# snnc", "# ignore[dead-layer]", "# snnc: ignore-this"):
        assert left(f"a = 1 {comment}", "a") == [("SNN301", 1)]


def test_another_file_passes_through() -> None:
    source = parse("x.snn.toml", "a = 1 # snnc: ignore[dead-layer]")
    other = replace(finding(source, "a"), place=Place("base.snn.toml", "a = 1", Span(0, 1)))
    kept, unused = suppress(source, [other])
    assert (kept, unused.code) == (other, "SNN004")
