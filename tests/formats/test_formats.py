"""Every format, to the letter."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from snnc import formats
from snnc.codes import errors
from snnc.fixes import deletion, edited, fixes_of
from snnc.formats import Meaning, Run, full
from snnc.meanings import meanings
from snnc.rules import rules
from snnc.source.diagnostic import Diagnostic, Fix, Note, Place, Span

TEXT = 'name = "shd"\n\ntau = 0.5\nstep = """\nh\n"""\n'


def place(quote: str, text: str = TEXT, path: str = "specs/shd.snn.toml") -> Place:
    start = text.index(quote)
    return Place(path, text, Span(start, start + len(quote)))


VALUE = Diagnostic(
    "SNN204",
    "bad-value",
    "`tau` must be greater than 1, not 0.5",
    place("0.5"),
    "did you mean `decay = 0.5`?",
    (Note(place("name"), "named here"),),
)
LONG = Diagnostic("SNN301", "dead-layer", "50 %: a, b\nc", place('"""\nh\n"""'), severity="warning")
BOTH = [VALUE, LONG]

FULL = '''\
specs/shd.snn.toml:3:7: error[SNN204] bad-value: `tau` must be greater than 1, not 0.5
  |
3 | tau = 0.5
  |       ^^^
  = help: did you mean `decay = 0.5`?
specs/shd.snn.toml:1:1: note: named here
  |
1 | name = "shd"
  | ^^^^

specs/shd.snn.toml:4:8: warning[SNN301] dead-layer: 50 %: a, b␊c
  |
4 | step = """
  |        ^^^
'''

CONCISE = """\
specs/shd.snn.toml:3:7: error: SNN204 bad-value `tau` must be greater than 1, not 0.5
specs/shd.snn.toml:4:8: warning: SNN301 dead-layer 50 %: a, b␊c
"""

JSON = """\
[
  {
    "code": "SNN204",
    "name": "bad-value",
    "severity": "error",
    "message": "`tau` must be greater than 1, not 0.5",
    "help": "did you mean `decay = 0.5`?",
    "path": "specs/shd.snn.toml",
    "line": 3,
    "column": 7,
    "end_line": 3,
    "end_column": 10,
    "notes": [
      {
        "message": "named here",
        "path": "specs/shd.snn.toml",
        "line": 1,
        "column": 1,
        "end_line": 1,
        "end_column": 5
      }
    ],
    "fix": null
  }
]
"""

GITHUB = (
    "::error title=SNN204 bad-value,file=specs/shd.snn.toml,line=3,col=7,endColumn=10::"
    "`tau` must be greater than 1, not 0.5%0Ahelp: did you mean `decay = 0.5`?"
    "%0Aspecs/shd.snn.toml:1:1: note: named here\n"
    "::warning title=SNN301 dead-layer,file=specs/shd.snn.toml,line=4,endLine=6::"
    "50 %25: a, b%0Ac\n"
)

GITLAB = """\
[
  {
    "description": "SNN204 bad-value: `tau` must be greater than 1, not 0.5",
    "check_name": "bad-value",
    "fingerprint": "FINGERPRINT",
    "severity": "major",
    "location": {
      "path": "specs/shd.snn.toml",
      "lines": {
        "begin": 3,
        "end": 3
      }
    }
  }
]
"""

JUNIT = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="snnc" tests="1" failures="1" errors="0">
  <testsuite name="specs/shd.snn.toml" tests="1" failures="1" errors="0">
    <testcase name="SNN204 bad-value 3:7" classname="specs/shd.snn.toml" file="specs/shd.snn.toml" line="3">
      <failure type="error" message="`tau` must be greater than 1, not 0.5">specs/shd.snn.toml:3:7: `tau` must be greater than 1, not 0.5
help: did you mean `decay = 0.5`?</failure>
    </testcase>
  </testsuite>
</testsuites>
"""  # noqa: E501


def test_discovery() -> None:
    names = ("concise", "full", "github", "gitlab", "json", "junit", "sarif")
    assert formats.names() == names
    assert tuple(formats.formats()) == names
    assert formats.formats()["full"](BOTH) == FULL
    with pytest.raises(LookupError, match="no format is called _visible"):
        formats.render("_visible", [])


@pytest.mark.parametrize(
    ("name", "findings", "expected"),
    [
        ("full", BOTH, FULL),
        ("concise", BOTH, CONCISE),
        ("json", [VALUE], JSON),
        ("github", BOTH, GITHUB),
        ("junit", [VALUE], JUNIT),
    ],
)
def test_exactly(name: str, findings: list[Diagnostic], expected: str) -> None:
    assert formats.render(name, findings) == expected


def test_gitlab_exactly() -> None:
    rendered = formats.render("gitlab", [VALUE])
    (fingerprint,) = fingerprints([VALUE])
    assert rendered.replace(fingerprint, "FINGERPRINT") == GITLAB


@pytest.mark.parametrize("name", ["full", "concise", "github"])
def test_nothing_to_say(name: str) -> None:
    assert formats.render(name, []) == ""


def test_empty_documents() -> None:
    assert formats.render("json", []) == formats.render("gitlab", []) == "[]\n"
    assert json.loads(formats.render("sarif", []))["runs"][0]["results"] == []
    assert ElementTree.fromstring(formats.render("junit", [])).get("tests") == "0"


# --- what a run knows beside its findings ---

DEEP = Diagnostic("SNN204", "bad-value", "x", place("tau", path="../deep/./net.snn.toml"))


def run(**changes: Any) -> Run:
    return Run("1.2.3", ["a.snn.toml", "b.snn.toml"], root=Path.cwd().parent, **changes)


def test_a_clean_run_of_junit_has_a_case_for_each_file() -> None:
    root = ElementTree.fromstring(formats.render("junit", [], run()))
    assert (root.get("tests"), root.get("failures")) == ("2", "0")
    assert [case.get("file") for case in root.iter("testcase")] == ["a.snn.toml", "b.snn.toml"]
    assert [*root.iter("failure")] == []


def test_junit_counts_files_and_findings() -> None:
    found = Diagnostic("SNN000", "x", "x", place("tau", path="b.snn.toml"))
    root = ElementTree.fromstring(formats.render("junit", [found, found], run()))
    assert (root.get("tests"), root.get("failures")) == ("3", "2")
    suites = {suite.get("name"): suite.get("tests") for suite in root.iter("testsuite")}
    assert suites == {"a.snn.toml": "1", "b.snn.toml": "2"}


def test_servers_know_paths_from_the_root() -> None:
    here = Path.cwd().name
    (issue,) = json.loads(formats.render("gitlab", [DEEP], run()))
    assert issue["location"]["path"] == "deep/net.snn.toml"
    assert "file=deep/net.snn.toml," in formats.render("github", [DEEP], run())
    (result,) = json.loads(formats.render("sarif", [DEEP], run()))["runs"][0]["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "deep/net.snn.toml"
    for path, shown in ((f"{Path.cwd()}/a.toml", f"{here}/a.toml"), ("/else/where", "/else/where")):
        assert run().within(path) == shown


def test_sarif_brings_the_documentation() -> None:
    known = {"SNN204": Meaning("A value is wrong. It is so.", "A value is wrong.\n\nAll of it.")}
    log = json.loads(formats.render("sarif", BOTH, run(meanings=lambda _: known)))
    driver = log["runs"][0]["tool"]["driver"]
    assert (driver["version"], driver["informationUri"][:8]) == ("1.2.3", "https://")
    first, other = driver["rules"]
    assert (first["id"], first["name"]) == ("SNN204", "BadValue")
    assert first["shortDescription"]["text"] == "bad-value: A value is wrong."
    assert first["fullDescription"]["text"] == "A value is wrong. It is so."
    assert first["help"]["markdown"] == first["help"]["text"] == "A value is wrong.\n\nAll of it."
    assert (other["id"], other["defaultConfiguration"]) == ("SNN301", {"level": "warning"})
    warned = log["runs"][0]["results"][1]
    assert (warned["ruleIndex"], warned["level"]) == (1, "warning")
    region = warned["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 4, "startColumn": 8, "endLine": 6, "endColumn": 4}


def test_every_code_has_a_meaning() -> None:
    codes = [*(error.code for error in errors()), *(rule.code for rule in rules())]
    found = meanings(codes)
    assert [*found] == codes
    assert all(m.brief and m.brief in " ".join(m.whole.split()) for m in found.values())


# --- full ---


def snippet(text: str, quote: str, column: int | None = None) -> list[str]:
    where = place(quote, text, "x") if column is None else Place("x", text, Span(column, column))
    lines = full.render([Diagnostic("SNN000", "x", "x", where)]).splitlines()
    return [line[4:] for line in lines[2:4]]


def test_tabs_stay_aligned() -> None:
    assert snippet("\ta\t= 1", "=") == ["    a    = 1", "         ^"]


def test_wide_and_combining_characters() -> None:
    assert snippet('"日本" = 1', "=") == ['"日本" = 1', "       ^"]
    assert snippet('"日本" = 1', "日本") == ['"日本" = 1', " ^^^^"]
    assert snippet('"e\u0301" = 1', "=") == ['"e\u0301" = 1', "    ^"]


def test_empty_places() -> None:
    assert snippet("a =\n", "", 3) == ["a =", "   ^"]
    assert snippet("", "", 0) == ["", "^"]
    assert snippet("a\n", "", 2) == ["", "^"]


def test_long_lines_are_cut_around_the_place() -> None:
    text = f"a = [{'1, ' * 500}'here', {'2, ' * 500}]"
    source, carets = snippet(text, "'here'")
    assert len(source) == 160
    assert (source[0], source[-1]) == ("…", "…")
    assert source[carets.index("^") : carets.rindex("^") + 1] == "'here'"
    assert snippet(text, "a =")[0].startswith("a = [1")
    assert snippet(text, "]")[1].rindex("^") == 159


def test_a_strangers_file_cannot_steer_the_terminal() -> None:
    text = "a = '\x1b[31m\u202e\x85'"
    found = Diagnostic("SNN000", "x", "\x1b[31m", place("a", text, "\x1b.toml"))
    for name in ("full", "concise"):
        assert not set(formats.render(name, [found])) & set("\x1b\u202e\x85")


def test_margin_fits_the_widest_line_number() -> None:
    text = "a\n" * 9 + "b"
    note = Note(place("b", text, "x"), "see")
    lines = full.render([Diagnostic("SNN000", "x", "x", place("a", text, "x"), notes=(note,))])
    assert [line[:4] for line in lines.splitlines()] == [
        "x:1:", "   |", " 1 |", "   |", "x:10", "   |", "10 |", "   |"
    ]  # fmt: skip


def test_help_of_several_lines() -> None:
    found = Diagnostic("SNN000", "x", "x", place("tau"), "write\ntau = 2.0")
    assert full.render([found]).endswith("  = help: write\n          tau = 2.0\n")


def test_colour_only_adds_escapes() -> None:
    coloured = full.render(BOTH, colour=True)
    assert "\x1b[1;31merror[SNN204]\x1b[0m" in coloured
    plain = coloured
    for style in ("1;31", "1;33", "1;36", "1;34", "1", "0"):
        plain = plain.replace(f"\x1b[{style}m", "")
    assert plain == FULL


# --- for machines ---


def fingerprints(findings: list[Diagnostic]) -> list[str]:
    return [issue["fingerprint"] for issue in json.loads(formats.render("gitlab", findings))]


def test_gitlab_fingerprints_are_unique_and_ignore_the_line() -> None:
    moved = Diagnostic(VALUE.code, VALUE.name, VALUE.message, place("0.5", "\n\n" + TEXT))
    assert len(set(fingerprints([VALUE, VALUE, moved, LONG]))) == 4
    assert fingerprints([VALUE]) == fingerprints([moved])


def test_github_escapes_properties() -> None:
    found = Diagnostic("SNN000", "x", "a:b,c\r", place("tau", path="a,b:c%.toml"))
    assert formats.render("github", [found]) == (
        "::error title=SNN000 x,file=a%2Cb%3Ac%25.toml,line=3,col=1,endColumn=4::a:b,c%0D\n"
    )


@pytest.mark.parametrize("char", ["\x07", "\x1b", "\x7f", "\x9d", "\u202e", "\u2028"])
def test_nothing_printed_steers_a_terminal(char: str) -> None:
    found = Diagnostic("SNN000", "x", f"a{char}b", place("tau"), f"c{char}")
    for name in formats.names():
        assert char not in formats.render(name, [found])


def test_sarif_quotes_paths_and_relates_notes() -> None:
    found = Diagnostic(
        "SNN000", "x", "x", place("tau", path="a b/é.toml"), "do", (Note(place("name"), "see"),)
    )
    (result,) = json.loads(formats.render("sarif", [found]))["runs"][0]["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "a%20b/%C3%A9.toml"
    assert result["message"]["text"] == "x\nhelp: do"
    assert result["relatedLocations"][0]["message"] == {"text": "see"}


_COUNT = {"type": "integer", "minimum": 1}
_REGION = {
    "type": "object",
    "properties": dict.fromkeys(("startLine", "startColumn", "endLine", "endColumn"), _COUNT),
    "required": ["startLine", "startColumn", "endLine", "endColumn"],
    "additionalProperties": False,
}
_TEXT = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}
_CHANGE = {
    "type": "object",
    "properties": {
        "artifactLocation": {"type": "object", "required": ["uri"]},
        "replacements": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {"deletedRegion": _REGION, "insertedContent": _TEXT},
                "required": ["deletedRegion"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["artifactLocation", "replacements"],
    "additionalProperties": False,
}
SARIF_FIX = {
    "type": "object",
    "properties": {
        "description": _TEXT,
        "artifactChanges": {"type": "array", "minItems": 1, "items": _CHANGE},
    },
    "required": ["artifactChanges"],
    "additionalProperties": False,
}
"""The shape of a ``fix`` in SARIF 2.1.0 (3.55 to 3.57), as far as snnc uses it."""


def replaced(text: str, replacements: list[Any]) -> str:
    """A text in which whoever reads SARIF carries out a fix."""
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    for each in reversed(replacements):
        region = each["deletedRegion"]
        start = lines[region["startLine"] - 1] + region["startColumn"] - 1
        end = lines[region["endLine"] - 1] + region["endColumn"] - 1
        text = text[:start] + each["insertedContent"]["text"] + text[end:]
    return text


def test_sarif_brings_fixes() -> None:
    text = "[vars]\nwidth = 3\nunused = 'é'\n\n[input]\nshap = [1]\n"
    guess = Diagnostic("SNN201", "unknown-key", "x", place("shap", text), "did you mean `shape`?")
    entry = place("unused", text)
    stated = Fix(
        "Delete it", deletion(entry, "Delete it")[0].edits, "unsafe", "somebody may want it"
    )
    unused = Diagnostic("SNN404", "unused-variable", "x", entry, fixes=(stated,))
    plain = Diagnostic("SNN302", "x", "x", place("width", text), "think")
    log = json.loads(formats.render("sarif", [guess, unused, plain]))
    first, second, third = log["runs"][0]["results"]
    assert "fixes" not in third
    for result, finding in ((first, guess), (second, unused)):
        (fix,) = result["fixes"]
        jsonschema.validate(fix, SARIF_FIX)
        (change,) = fix["artifactChanges"]
        physical = result["locations"][0]["physicalLocation"]
        assert change["artifactLocation"] == physical["artifactLocation"]
        wanted = edited(text, fixes_of(finding)[0].edits)
        assert replaced(text, change["replacements"]) == wanted != text
    assert second["fixes"][0]["description"] == {"text": "Delete it (unsafe: somebody may want it)"}


def test_junit_survives_any_message() -> None:
    found = Diagnostic("SNN000", "x", "\x00<&\ud800>\"'", place("tau"))
    root = ElementTree.fromstring(formats.render("junit", [found, LONG]))
    failures = [failure.get("message") for failure in root.iter("failure")]
    assert failures == ["\u2400<&\ufffd>\"'", "50 %: a, b\nc"]


def test_an_info_is_no_failure_to_any_machine() -> None:
    info = replace(LONG, severity="info")
    assert "info[SNN301]" in formats.render("full", [info])
    assert "\x1b[1;34minfo" in full.render([info], colour=True)
    assert formats.render("github", [info]).startswith("::notice title=")
    assert json.loads(formats.render("json", [info]))[0]["severity"] == "info"
    assert json.loads(formats.render("gitlab", [info]))[0]["severity"] == "info"
    assert json.loads(formats.render("sarif", [info]))["runs"][0]["results"][0]["level"] == "note"
    root = ElementTree.fromstring(formats.render("junit", [info, VALUE]))
    assert (root.get("tests"), root.get("failures"), len([*root.iter("failure")])) == ("2", "1", 1)
    (said,) = root.iter("system-out")
    assert said.text == f"specs/shd.snn.toml:4:8: {info.message}"


def test_adding_a_file_adds_a_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plain.py").write_text("def render(found, run): return str(len(found))\n", "utf-8")
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    assert "plain" in formats.names()
    assert formats.render("plain", BOTH) == "2"
