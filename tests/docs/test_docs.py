"""The documentation is current: pages are what ``make docs`` makes, excerpts what there is."""

import doctest
import re
import shutil
import tomllib
from pathlib import Path

import pytest

import snnc as compiler
from snnc import schema
from snnc.kinds import catalog
from snnc.layer import Layer
from snnc.reference_pages import pages
from tests.support.cli import snnc

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w+)( .*)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#]*)(?:#([^)]*))?\)")
INDEX = "docs/README.md"
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))
SPECS = ["docs/coming-from.md", "docs/language.md"]  # their pieces are specs of their own
WRITTEN = [
    "README.md",
    "docs/architecture.md",
    "docs/compiler.md",
    "docs/decisions.md",
    "docs/import.md",
    "docs/pictures.md",
    "docs/tour.md",
    "docs/verify.md",
]
COMMANDS = [*WRITTEN, *SPECS, "docs/running.md"]
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


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", *PAGES])
def test_links_lead_somewhere(name: str) -> None:
    links = [found for found in LINK.findall(read(name)) if "://" not in found[0]]
    assert [found for found in links if not leads(ROOT / name, *found)] == []


def leads(page: Path, path: str, anchor: str) -> bool:
    """Whether a link on a page leads to a file and, with an anchor, to a heading of that page."""
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in anchors(target.read_text("utf-8")))


def anchors(page: str) -> list[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return [text.replace(" ", "-") for text in kept]


def test_the_index_lists_every_page() -> None:
    listed = {(ROOT / "docs" / path).resolve() for path, _ in LINK.findall(read(INDEX))}
    missing = [name for name in PAGES if name != INDEX and (ROOT / name).resolve() not in listed]
    assert missing == []


@pytest.mark.parametrize("name", WRITTEN)
def test_pieces_of_code_are_excerpts(name: str) -> None:
    """Every piece stands in a file of the repository, lines left out at ``…``."""
    files = [
        *(ROOT / "specs").glob("*.snn.toml"),
        *(ROOT / "specs").glob("*/*.py"),
        *(ROOT / "snnc").rglob("*.py"),
    ]
    texts = {path: path.read_text("utf-8") for path in files}
    for piece in (text for kind in ("toml", "python", "c") for text in fences(name, kind)):
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


HEAD = 'format = 1\nname = "net"\ntime_steps = 4\n'


@pytest.mark.parametrize("piece", [piece for name in SPECS for piece in fences(name, "toml")])
def test_specs_on_pages_have_nothing_to_find(tmp_path: Path, piece: str) -> None:
    """What a piece leaves out are the lines at the top."""
    data = "" if "[input" in piece else "[input]\nshape = [4]\n"
    path = tmp_path / "net.snn.toml"
    path.write_text(piece if "format" in piece else f"{HEAD}{data}{piece}", "utf-8")
    assert [found for found in compiler.check(path) if found.fails] == []
    assert compiler.emit(compiler.load(path)).package


ABOVE = [[16], [16, 32], [8, 16, 16], [4, 8, 8, 8]]
"""Shapes of samples, one of which every layer takes."""
EXAMPLES = {
    name: kind.example
    for folder in ("layers", "neurons")
    for name, kind in catalog(f"snnc.{folder}").items()
    if issubclass(kind, Layer)
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_of_a_layer_has_nothing_to_find(tmp_path: Path, name: str) -> None:
    example = EXAMPLES[name]
    assert tomllib.loads(f"layer = {example}")["layer"]["kind"] == name
    sources = tomllib.loads(f"layer = {example}")["layer"].get("from", [])
    above = [f'{{ kind = "Identity", name = "{source}", from = "input" }}' for source in sources]
    layers = ",\n  ".join([*above, example, '"LI"'])
    found = {}
    for shape in ABOVE:
        path = tmp_path / "net.snn.toml"
        network = f"[input]\nshape = {shape}\n[network]\nlayers = [\n  {layers},\n]\n"
        path.write_text(HEAD + network, "utf-8")
        found[str(shape)] = compiler.check(path)
        if not found[str(shape)]:
            assert compiler.emit(compiler.load(path)).package
            return
    raise AssertionError(found)


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


@pytest.mark.parametrize("name", COMMANDS)
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
    mentioned = {
        word for name in ("README.md", *PAGES) for word in re.findall(r"`make (\w+)", read(name))
    }
    assert mentioned <= targets
