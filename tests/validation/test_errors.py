"""Every mistake that a user can make, and what snnc says: errors.txt, case by case.

A case changes the spec at the head of that file: lines after ``-`` are replaced by those after
``+``; without ``-`` they are added at its end, after ``=`` they are the whole spec, and ``$`` sets
a value from the command line. Then come the findings, exactly, and what would help.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import snnc
from snnc import formats
from snnc.source.diagnostic import Diagnostic

CASES = Path(__file__).with_name("errors.txt")
PYDANTIC = ("Input should", "Field required", "pydantic", "constrained", "union", "validat")


@dataclass(frozen=True)
class Case:
    """One mistake: the change, and what is said of it."""

    old: str
    new: str
    whole: str | None
    settings: tuple[str, ...]
    said: tuple[str, ...]

    @property
    def title(self) -> str:
        """A name for the test."""
        text = " ".join((*self.settings, self.new or self.old or self.whole or "empty"))
        return " ".join(text.split())[:60]

    def applied(self, text: str) -> str:
        """The spec with the mistake in it."""
        if self.whole is not None:
            return self.whole
        assert self.old in text, self.old
        return text.replace(self.old, self.new, 1) if self.old else f"{text}\n{self.new}\n"


def read() -> tuple[str, list[Case]]:
    """The spec that is right, and every case."""
    spec, _, rest = CASES.read_text("utf-8").partition("\n====\n")
    blocks = (block for block in rest.split("\n\n") if not block.strip().startswith("#"))
    return spec, [case(block.splitlines()) for block in blocks if block.strip()]


def case(lines: list[str]) -> Case:
    def marked(mark: str) -> list[str]:
        return [line[2:] for line in lines if line[:2].strip() == mark]

    old, new, whole = ("\n".join(marked(mark)) for mark in "-+=")
    settings = tuple(line for line in marked("$"))
    said = tuple(line for line in lines if line[:2].strip() not in ("-", "+", "=", "$"))
    return Case(old, new, whole if marked("=") else None, settings, said)


def said(findings: tuple[Diagnostic, ...]) -> Iterator[str]:
    for finding in findings:
        yield render([finding]).removeprefix("net.snn.toml:").rstrip("\n")
        if finding.help:
            yield f"  help: {finding.help}"


def render(findings: Sequence[Diagnostic]) -> str:
    """A line each, without the word for the severity."""
    return re.sub(r"(:\d+: )\w+: ", r"\1", formats.render("concise", findings))


SPEC, ALL = read()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_spec_is_right() -> None:
    Path("net.snn.toml").write_text(SPEC, "utf-8")
    assert snnc.check("net.snn.toml") == ()


@pytest.mark.parametrize("mistake", ALL, ids=lambda mistake: mistake.title)
def test_what_is_said(mistake: Case) -> None:
    Path("net.snn.toml").write_text(mistake.applied(SPEC), "utf-8")
    findings = snnc.check("net.snn.toml", mistake.settings)
    assert tuple(said(findings)) == mistake.said
    assert not any(word in finding.message for finding in findings for word in PYDANTIC)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "1:1: SNN203 missing-key the spec needs `format`, `name`, `time_steps`, `input` and"),
        (b"name = \xe9\n", "1:8: SNN002 not-utf8 the file is not UTF-8: byte 0xE9 cannot"),
        (bytes(range(256)), "2:118: SNN002 not-utf8 the file is not UTF-8: byte 0x80 cannot"),
        ("format = 1".encode("utf-16"), "1:1: SNN002 not-utf8 the file is not UTF-8: byte 0xFF"),
        (b"\xef\xbb\xbfformat = 1\n", "1:1: SNN001 invalid-toml the file begins with a byte order"),
        (
            b"format = 1\0\n",
            "1:11: SNN001 invalid-toml the line should end here, but the character",
        ),
    ],
)
def test_files_that_are_no_text(data: bytes, line: str) -> None:
    Path("net.snn.toml").write_bytes(data)
    found = [render([finding]) for finding in snnc.check("net.snn.toml")]
    assert any(text.startswith(f"net.snn.toml:{line}") for text in found)


def test_a_default_that_two_layers_use_is_blamed_once() -> None:
    text = SPEC.replace("[defaults]", "[defaults]\nLinear = { bais = false }")
    text = text.replace('  { kind = "IF" },', '  "IF",\n  { kind = "Linear", out_features = 10 },')
    Path("net.snn.toml").write_text(text, "utf-8")
    (finding,) = snnc.check("net.snn.toml")
    assert finding.message == "unknown key `bais` of Linear"
    assert [note.message for note in finding.notes] == ["used by this layer"]
