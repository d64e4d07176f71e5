"""The specs of a project: those that somebody keeps, and none that is installed or ignored."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from snnc import discovery
from snnc.patterns import Patterns, is_pattern
from tests.support.cli import SPEC, Ran, snnc
from tests.support.git import git, repository

Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: snnc(capsys, *arguments)


def put(*names: str) -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SPEC.replace('"net"', f'"{path.name.partition(".")[0]}"'))


def found(folder: str = ".") -> list[str]:
    return [path.as_posix() for path in discovery.specs(Path(folder))]


def test_an_installed_snnc_is_not_the_project(run: Run) -> None:
    put("mine.snn.toml", "venv/lib/python3.13/site-packages/snnc/zoo/theirs.snn.toml")
    Path("venv/pyvenv.cfg").touch()
    Path(".gitignore").write_text("venv/\n")
    repository()
    assert run("lint", ".") == Ran(0, "", "all fine in 1 spec\n")
    assert run("lint") == Ran(0, "", "all fine in 1 spec\n")
    before = git("status", "--ignored", "--porcelain", "venv").stdout
    assert run("build", ".").code == 0
    changed = git("status", "--porcelain", "-uall").stdout.split()
    assert {Path(name).parts[0] for name in changed[1::2]} == {
        ".gitignore",
        "mine",
        "mine.snn.toml",
        "snn_runtime",
    }
    assert git("status", "--ignored", "--porcelain", "venv").stdout == before
    assert not list(Path("venv").rglob("*.py"))


@pytest.mark.parametrize(
    "folder", ["site-packages", "node_modules", "build", "dist", "__pycache__", ".tox", "a/.b/c"]
)
def test_folders_of_tools_are_left_out(run: Run, folder: str) -> None:
    put("a.snn.toml", f"{folder}/b.snn.toml", f"{folder}/deep/c.snn.toml")
    assert found() == ["a.snn.toml"]


def test_an_environment_of_any_name_is_left_out(run: Run) -> None:
    put("a.snn.toml", "py/lib/b.snn.toml")
    Path("py/pyvenv.cfg").touch()
    assert found() == ["a.snn.toml"]


def test_what_somebody_names_is_taken(run: Run) -> None:
    put("build/lib/b.snn.toml")
    Path(".gitignore").write_text("build/\n*.snn.toml\n")
    repository()
    assert found("build") == ["build/lib/b.snn.toml"]
    assert run("lint", "build/lib/b.snn.toml").code == 0
    assert run("lint") == Ran(0, "", "all fine in 0 specs\n")
    assert run("lint", ".").code == 2


IGNORE = {
    ".gitignore": "/top.snn.toml\nout/\n*.gen.snn.toml\n!keep.gen.snn.toml\n# no\nd/**/x*\n",
    "sub/.gitignore": "!top.gen.snn.toml\nlocal*\n\\#odd.snn.toml\n",
    "all/.gitignore": "in/**\n!in/yes.snn.toml\n**/un\n!not\n",
    "sub/deep/.gitignore": "*\n!*/\n!yes.snn.toml\n",
}
SPECS = """\
top.snn.toml sub/top.snn.toml out/a.snn.toml sub/out/a.snn.toml a.gen.snn.toml keep.gen.snn.toml
sub/keep.gen.snn.toml sub/top.gen.snn.toml sub/local1.snn.toml local1.snn.toml sub/deep/no.snn.toml
sub/deep/yes.snn.toml sub/deep/e/yes.snn.toml sub/deep/e/no.snn.toml d/x.snn.toml d/e/f/xy.snn.toml
d/e/y.snn.toml sub/d/e/x.snn.toml sub/local/a.snn.toml sub/#odd.snn.toml
all/in/yes.snn.toml all/in/no.snn.toml all/in/not/a.snn.toml all/a/un/a.snn.toml
""".split()  # fmt: skip


def test_ignored_is_what_git_ignores(run: Run) -> None:
    put(*SPECS)
    for name, lines in IGNORE.items():
        Path(name).write_text(lines)
    repository()
    told = git("ls-files", "--others", "--exclude-standard", "*.snn.toml").stdout.split()
    told = [name.strip('"') for name in told]
    assert sorted(found()) == sorted(told)
    assert sorted(found("sub")) == sorted(path for path in told if path.startswith("sub/"))


def test_the_project_is_the_whole_repository(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    put("a.snn.toml", "sub/b.snn.toml")
    repository()
    monkeypatch.chdir("sub")
    assert run("lint") == Ran(0, "", "all fine in 2 specs\n")


def test_links_to_folders_are_not_followed(run: Run) -> None:
    put("real/a.snn.toml")
    Path("loop").symlink_to(".")
    Path("other").symlink_to("real")
    Path("b.snn.toml").symlink_to("real/a.snn.toml")
    assert found() == ["b.snn.toml", "real/a.snn.toml"]


def test_a_hostile_pattern_takes_no_time(tmp_path: Path) -> None:
    patterns = Patterns.of(tmp_path, ["*a" * 100 + "b", "**/**/**/**/**/**/x", "?*" * 50 + "c"])
    begun = time.process_time()
    assert patterns.names(f"{tmp_path}/{'a' * 255}") is None
    assert patterns.names(f"{tmp_path}/{'a' * 60}b") is None
    assert time.process_time() - begun < 1


@pytest.mark.parametrize("line", ["", " ", "# a", "/", "a\0"])
def test_no_pattern(line: str) -> None:
    assert not is_pattern(line)


@pytest.mark.parametrize(
    ("pattern", "name"), [("*a*b", "xaybzb"), ("a*b*c*", "abbcx"), ("[!a]*[0-9]*z", "b-1-z")]
)
def test_several_stars(pattern: str, name: str) -> None:
    assert Patterns.of("/r", [pattern]).names(f"/r/x/{name}") is True
    assert Patterns.of("/r", [pattern]).names(f"/r/x/{name}.py") is (
        True if pattern[-1] == "*" else None
    )


# --- the configuration ---


@pytest.mark.parametrize(
    ("file", "table"), [("pyproject.toml", "[tool.snnc]\n"), ("snnc.toml", "")]
)
def test_exclude(run: Run, file: str, table: str) -> None:
    put("a.snn.toml", "old/b.snn.toml", "sub/old.snn.toml")
    Path(file).write_text(f'{table}exclude = ["old/", "/sub/*.snn.toml"]\n')
    assert found() == ["a.snn.toml"]
    assert found("old") == ["old/b.snn.toml"]


def test_the_configuration_is_the_roots(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    put("sub/a.snn.toml", "sub/old/b.snn.toml")
    Path("snnc.toml").write_text('exclude = ["sub/old"]\n')
    monkeypatch.chdir("sub")
    assert run("lint") == Ran(0, "", "all fine in 1 spec\n")
    assert run("lint", ".") == Ran(0, "", "all fine in 1 spec\n")


UNKNOWN = "pyproject.toml:2:1: error: SNN201 unknown-key unknown key `exlude` in [tool.snnc]\n"


@pytest.mark.parametrize("command", ["lint", "build"])
def test_an_unknown_key_is_told(run: Run, command: str) -> None:
    put("a.snn.toml")
    Path("pyproject.toml").write_text('[tool.snnc]\nexlude = ["a"]\n[project]\nname = "x"\n')
    assert run(command, "--output-format", "concise") == Ran(1, UNKNOWN, "")
    assert "did you mean `exclude`?" in run(command).out
    assert not Path("a").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('exclude = "a"', "snnc.toml:1:11: error: SNN205 wrong-type `exclude` must be an array"),
        (
            'exclude = ["#a"]',
            "snnc.toml:1:12: error: SNN204 bad-value must be a pattern, as",
        ),
        ("exclude = [", "snnc.toml:1:12: error: SNN001 invalid-toml "),
    ],
)
def test_mistakes_in_the_configuration(run: Run, text: str, says: str) -> None:
    put("a.snn.toml")
    Path("snnc.toml").write_text(f"{text}\n")
    ran = run("lint", "--output-format", "concise")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith(says), ran.out


def test_two_configurations(run: Run) -> None:
    put("a.snn.toml")
    Path("snnc.toml").touch()
    Path("pyproject.toml").write_text("[tool.snnc]\n")
    assert "[tool.snnc] and snnc.toml both configure this project" in run("lint").out


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["fifo", "folder"])
def test_a_configuration_that_is_no_file(run: Run, make: Callable[[str], None]) -> None:
    put("a.snn.toml")
    make("snnc.toml")
    make(".gitignore")
    ran = run("lint", "--output-format", "concise")
    assert (ran.code, "bad-file the configuration is no regular text file" in ran.out) == (1, True)
