"""The documentation is current: pages are what ``make docs`` makes, excerpts what there is."""

import doctest
import re
import shutil
from pathlib import Path

import pytest

from snnc import schema
from snnc.reference_pages import pages
from tests.cli import snnc

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^```(\w+)( .*)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
WRITTEN = [
    "README.md",
    "docs/architecture.md",
    "docs/decisions.md",
    "docs/import.md",
    "docs/pictures.md",
    "docs/verify.md",
]
COMMAND = re.compile(r"^\$ snnc (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def fences(name: str, language: str) -> list[str]:
    return [text for lang, _, text in FENCE.findall(read(name)) if lang == language]


def test_reference_pages_are_current() -> None:
    folder = ROOT / "docs" / "reference"
    have = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    assert have == dict(pages()), "run `make docs`"


def test_the_editors_schema_is_current() -> None:
    assert read(f"specs/{schema.FILE}") == schema.text(), "run `make docs`"


@pytest.mark.parametrize("name", WRITTEN)
def test_links_lead_somewhere(name: str) -> None:
    folder = (ROOT / name).parent
    links = [link for link in LINK.findall(read(name)) if "://" not in link]
    assert [link for link in links if not (folder / link).exists()] == []


@pytest.mark.parametrize("name", WRITTEN)
def test_pieces_of_code_are_excerpts(name: str) -> None:
    """Every piece stands in a file of the repository, lines left out at ``…``."""
    files = [
        *(ROOT / "specs").glob("*.snn.toml"),
        *(ROOT / "specs").glob("*/*.py"),
        *(ROOT / "snnc").rglob("*.py"),
    ]
    texts = {path: path.read_text("utf-8") for path in files}
    for piece in (text for language in ("toml", "python", "c") for text in fences(name, language)):
        parts = [part.strip("\n") for part in re.split(r"^ *(?:# )?…\n", piece, flags=re.MULTILINE)]
        assert any(in_order(parts, text) for text in texts.values()), piece


def in_order(parts: list[str], text: str) -> bool:
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of the zoo as the current folder: commands may write."""
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(ROOT / "specs", tmp_path / "specs", ignore=ignored)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", WRITTEN)
def test_sessions_of_python(name: str, clone: None) -> None:
    text = "\n".join(fences(name, "pycon"))
    test = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    assert not doctest.DocTestRunner().run(test).failed


@pytest.mark.parametrize("name", WRITTEN)
def test_commands_print_what_is_shown(
    name: str, clone: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """A console block: what follows ``$ snnc …`` is its output, lines left out at ``…``."""
    for block in fences(name, "console"):
        for command, output in COMMAND.findall(block):
            ran = snnc(capsys, *command.split())
            parts = [p.strip("\n") for p in re.split(r"^…\n", output, flags=re.MULTILINE)]
            assert in_order(parts, ran.out + ran.err), f"$ snnc {command}\n{ran.out}{ran.err}"


def test_targets_of_make_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    mentioned = {word for name in WRITTEN for word in re.findall(r"`make (\w+)", read(name))}
    assert mentioned <= targets
