"""``snnc new`` in a repository: what git and servers read is at its root, and is added to."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cli import Ran, snnc
from tests.support.git import repository

Run = Callable[..., Ran]
OWN = ["README.md", ".gitattributes", ".gitignore", "mine.snn.toml"]
EXCLUDED = ["nets/mine/mine", "nets/mine/snn_runtime"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command in the folder nets/ of a repository."""
    monkeypatch.chdir(tmp_path)
    repository()
    Path("nets").mkdir()
    return lambda *arguments: snnc(capsys, *arguments)


def new(run: Run) -> str:
    ran = run("new", "mine", "--out", "nets/mine")
    assert (ran.code, ran.out) == (0, "")
    return ran.err


def excluded(path: str, *keys: str) -> object:
    found: object = tomllib.loads(Path(path).read_text())
    for key in (*keys, "extend-exclude"):
        assert isinstance(found, dict)
        found = found[key]
    return found


def test_the_files_of_a_repository_are_at_its_root(run: Run) -> None:
    told = new(run)
    assert sorted(path.name for path in Path("nets/mine").iterdir()) == sorted(OWN)
    for path in (".pre-commit-config.yaml", ".github/workflows/snnc.yml", "pyproject.toml"):
        assert f"{path}: " in told
        assert Path(path).exists()
    assert told.endswith("a new project; next: cd nets/mine && snnc build mine.snn.toml\n")
    assert excluded("pyproject.toml", "tool", "ruff") == EXCLUDED
    assert run("lint") == Ran(0, "", "all fine in 1 spec\n")
    assert run("build").code == 0
    assert run("build", "--check").code == 0


def test_hooks_are_added_to_those_that_are_there(run: Run) -> None:
    theirs = "repos:\n  # theirs\n  - repo: local\n    hooks:\n      - id: a\nfail_fast: true\n"
    Path(".pre-commit-config.yaml").write_text(theirs)
    new(run)
    text = Path(".pre-commit-config.yaml").read_text()
    head, ours, rest = text.partition("  - repo: local\n    hooks: # both look")
    assert head == "repos:\n"
    assert ours
    assert rest.endswith(
        "  # theirs\n  - repo: local\n    hooks:\n      - id: a\nfail_fast: true\n"
    )
    assert all(line.startswith("  ") for line in text.split("\n")[1:18] if line)
    second = run("new", "other")  # once is enough
    assert second.code == 0
    assert Path(".pre-commit-config.yaml").read_text() == text


@pytest.mark.parametrize("text", ["repos: []\n", "x: 1\n", "repos: [{repo: local}]\n"])
def test_hooks_that_are_written_otherwise_are_left(run: Run, text: str) -> None:
    Path(".pre-commit-config.yaml").write_text(text)
    assert "left to do: add to .pre-commit-config.yaml what docs/ci.md" in new(run)
    assert Path(".pre-commit-config.yaml").read_text() == text


@pytest.mark.parametrize(
    ("before", "also"),
    [
        ("", []),
        ('[project]\nname = "x"\n', []),
        ("[tool.ruff]\nline-length = 100\n[tool.ruff.lint]\nselect = []\n", []),
        ('[tool.ruff]\nextend-exclude = ["old"]\n', ["old"]),
        ('[tool.ruff] # mine\nextend-exclude = [\n  "old",\n]\n\n[tool.x]\na = 1\n', ["old"]),
        ("[tool.ruff.lint]\nselect = []\n", []),
    ],
)
def test_ruff_leaves_the_packages_alone(run: Run, before: str, also: list[str]) -> None:
    Path("pyproject.toml").write_text(before)
    new(run)
    assert excluded("pyproject.toml", "tool", "ruff") == [*EXCLUDED, *also]
    kept = tomllib.loads(before)
    found = tomllib.loads(Path("pyproject.toml").read_text())
    assert {key: found[key] for key in kept if key != "tool"} == {
        key: kept[key] for key in kept if key != "tool"
    }


@pytest.mark.parametrize("before", ['line-length = 90\n[lint]\nselect = ["E"]\n', ""])
def test_a_file_of_ruffs_own_is_used(run: Run, before: str) -> None:
    Path("ruff.toml").write_text(before)
    Path("pyproject.toml").write_text('[project]\nname = "x"\n')
    new(run)
    assert excluded("ruff.toml") == EXCLUDED
    assert Path("pyproject.toml").read_text() == '[project]\nname = "x"\n'


@pytest.mark.parametrize("before", ["[tool.ruff\n", "[tool]\nruff = { line-length = 90 }\n"])
def test_what_cannot_be_changed_is_left(run: Run, before: str) -> None:
    Path("pyproject.toml").write_text(before)
    assert "left to do: add to pyproject.toml what docs/ci.md" in new(run)
    assert Path("pyproject.toml").read_text() == before


@pytest.mark.parametrize(
    ("before", "also"),
    [
        ("", []),
        ("extend-exclude = '/old/'\n", ["/old/x.py"]),
        ('force-exclude = "old[.]py$"\n', []),
        ("extend-exclude = '''\n/(\n  old # mine\n  | older\n)/\n'''\n", ["/older/x.py"]),
    ],
)
def test_black_leaves_the_packages_alone(run: Run, before: str, also: list[str]) -> None:
    table = f"[tool.black]\nline-length = 90\n{before}\n[tool.x]\na = 1\n"
    Path("pyproject.toml").write_text(table)
    told = new(run)
    assert "left to do" not in told
    found = tomllib.loads(Path("pyproject.toml").read_text())["tool"]
    assert (found["black"]["line-length"], found["x"]) == (90, {"a": 1})
    for key in ("extend-exclude", "force-exclude"):
        pattern = found["black"][key]
        excluded = re.compile(pattern, re.VERBOSE if "\n" in pattern else 0)
        names = ["/nets/mine/mine/model.py", "/nets/mine/snn_runtime/a/b.py"]
        assert all(map(excluded.search, [*names, *(also if key == "extend-exclude" else [])]))
        assert not excluded.search("/nets/mine/own.py")


@pytest.mark.parametrize("before", ["extend-exclude = 3\n", "force-exclude = '('\n"])
def test_blacks_settings_that_cannot_be_changed_are_left(run: Run, before: str) -> None:
    Path("pyproject.toml").write_text(f"[tool.black]\n{before}")
    assert "in `force-exclude` of [tool.black]" in new(run)
    assert before in Path("pyproject.toml").read_text()


def test_gitlab_needs_no_workflow_of_github(run: Run) -> None:
    Path(".gitlab-ci.yml").touch()
    new(run)
    assert not Path(".github").exists()


def test_a_link_is_not_followed(run: Run, tmp_path: Path) -> None:
    Path("elsewhere").write_text("x = 1\n")
    Path("pyproject.toml").symlink_to("elsewhere")
    Path(".pre-commit-config.yaml").symlink_to("elsewhere")
    told = new(run)
    assert told.count("left to do: add to ") == 2
    assert Path("elsewhere").read_text() == "x = 1\n"


def test_a_refusal_changes_nothing_around(run: Run) -> None:
    Path("nets/mine").mkdir()
    Path("nets/mine/mine.snn.toml").write_text("precious")
    assert run("new", "mine", "--out", "nets/mine").code == 2
    assert not Path("pyproject.toml").exists()
