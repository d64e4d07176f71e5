"""Headers and git: what two branches changed apart is merged, and what is not as made is told."""

import re
import subprocess
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from snnc.emit import header
from tests.support.cli import SPEC, TRAIN, Ran, snnc
from tests.support.git import SETTINGS, commit, git, repository

Run = Callable[..., Ran]
UP_TO_DATE = Ran(0, "", "1 package up to date\n")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``snnc build`` of one spec that trains."""
    monkeypatch.chdir(tmp_path)
    Path("net.snn.toml").write_text(SPEC + TRAIN.replace('"Adam"', '{ kind = "Adam", lr = 0.1 }'))
    return lambda *arguments: snnc(capsys, "build", *arguments, "net.snn.toml")


def rewrite(path: str, old: str, new: str) -> None:
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def branches(run: Run, *changes: tuple[str, str]) -> subprocess.CompletedProcess[str]:
    """Two branches, each with a change of the spec and the package built; then their merge."""
    assert run().code == 0
    repository()
    assert commit().returncode == 0
    for branch, change in zip(("one", "two"), changes, strict=True):
        git("checkout", "-q", "main")
        git("checkout", "-qb", branch)
        rewrite("net.snn.toml", *change)
        assert run().code == 0
        assert commit().returncode == 0
    return git("merge", "--no-edit", "one")


def test_changes_apart_meet_nowhere(run: Run) -> None:
    merged = branches(run, ("lr = 0.1", "lr = 0.2"), ("out_channels = 4", "out_channels = 5"))
    assert merged.returncode == 0, merged.stdout
    assert run("--check") == UP_TO_DATE


def test_a_change_touches_only_what_it_changes(run: Run) -> None:
    run()
    before = {p: p.read_bytes() for p in Path("net").rglob("*.py")}
    for change, files in (
        (("lr = 0.1", "lr = 0.2"), ["train.py"]),
        (("bias = false", "bias = true"), ["model.py"]),
        (("out_channels = 4", "out_channels = 5"), ["kernels.py", "model.py"]),
    ):
        rewrite("net.snn.toml", *change)
        run()
        assert sorted(p.name for p in before if p.read_bytes() != before[p]) == files
        before = {p: p.read_bytes() for p in Path("net").rglob("*.py")}


def test_a_size_changes_nothing_of_the_neurons_in_kernels(run: Run) -> None:
    """Of kernels.py, layers that share a kernel alone know sizes: 4 or 5 x 6 x 6 inputs."""
    texts = []
    for change in (("lr = 0.1", "lr = 0.2"), ("out_channels = 4", "out_channels = 5")):
        rewrite("net.snn.toml", *change)
        run()
        texts.append(Path("net/kernels.py").read_text())
    four, five = ([*text.splitlines()[3:]] for text in texts)
    begin = four.index('CHAINS = r"""')
    assert four[:begin] == five[:begin]
    assert [re.sub(r"\b144\b", "180", line) for line in four[begin:]] == five[begin:]


@pytest.mark.parametrize("style", ["merge", "diff3"])
def test_conflicts_are_built_away(run: Run, style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SETTINGS, "merge.conflictstyle", style)
    merged = branches(run, ('name = "fc"', 'name = "tail"'), ('name = "fc"', 'name = "head"'))
    assert merged.returncode == 1
    git("checkout", "--ours", "net.snn.toml")
    assert "<<<<<<< " in Path("net/model.py").read_text()
    ran = run("--check")
    assert ran.code == 1
    said = "error[SNN505] merge-conflict: net/model.py and 1 other: has conflict markers\n"
    assert said in ran.out
    assert "help: resolve the spec, then run snnc build net.snn.toml\n" in ran.out
    assert run().code == 0
    assert run("--check") == UP_TO_DATE


def test_conflicts_beside_what_git_merged_are_built_away(run: Run) -> None:
    """Neither side is as it was written, but their headers are those of two versions."""
    branches(run, ("out_channels = 4", "out_channels = 6"), ('name = "fc"', 'name = "head"'))
    assert "net/model.py: has conflict markers" in run("--check").out
    assert run().code == 0
    assert run("--check") == UP_TO_DATE


@pytest.mark.parametrize("inside", ['MINE = """\n{}"""\n', "{}"])
def test_markers_that_somebody_added_are_an_edit(run: Run, inside: str) -> None:
    run()
    markers = "<<<<<<< git\na = 1\n=======\nb = 1\n>>>>>>> git\n"
    edited = Path("net/model.py").read_text() + inside.format(markers)
    Path("net/model.py").write_text(edited)
    assert "net/model.py: edited" in run("--check").out
    assert run().code == 1
    assert Path("net/model.py").read_text() == edited


def test_a_long_command_is_read_again(run: Run) -> None:
    run()
    run("--set", "doc=" + "w" * 30_000)
    assert "not written by snnc" not in run("--check").out
    assert run().code == 0


def test_conflicts_of_the_first_line(run: Run) -> None:
    run()
    text = Path("net/model.py").read_text()
    other = text.replace("net.snn.toml", "old.snn.toml")
    Path("net/model.py").write_text(f"<<<<<<< HEAD\n{text}=======\n{other}>>>>>>> two\n")
    assert "net/model.py: has conflict markers" in run("--check").out
    assert run().code == 0
    assert run("--check") == UP_TO_DATE


def test_markers_in_a_file_of_somebody_else(run: Run) -> None:
    Path("net").mkdir()
    Path("net/model.py").write_text("<<<<<<< a\nx = 1\n=======\nx = 2\n>>>>>>> b\n")
    assert "net/model.py: not written by snnc" in run("--check").out
    assert run().code == 1


# --- edits ---


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("model.py", "(0BSD).", "(0BSD), and mine."),
        ("model.py", "DO NOT EDIT.\n", "DO NOT EDIT.\n# mine\n"),
        ("model.py", "snnc build net", "snnc build  net"),
        ("model.py", "from net.snn.toml. DO", "from other.snn.toml. DO"),
        ("model.py", "class Net", "class Mine"),
        ("__init__.py", "# Files: ", "# Files: mine.py "),
        ("__init__.py", "Output format 2", "Output format 3"),
        ("__init__.py", "Output format 2", "Output format 1"),
        ("kernels.py", "\n\n", "\n\n# mine\n"),
    ],
)
def test_an_edit_anywhere_is_one(run: Run, name: str, old: str, new: str) -> None:
    run()
    text = Path("net", name).read_text()
    assert old in text
    Path("net", name).write_text(text.replace(old, new, 1))
    for arguments in (("--check",), ()):
        assert f"net/{name}: edited by hand" in run(*arguments).out
    assert run("--force").code == 0
    assert Path("net", name).read_text() == text


@pytest.mark.parametrize("name", ["model.py", "__init__.py", "kernels.py"])
def test_an_emptied_file_is_edited(run: Run, name: str) -> None:
    run()
    Path("net", name).write_text("")
    ran = run()
    assert (ran.code, f"net/{name}: edited by hand" in ran.out) == (1, True)
    assert Path("net", name).read_text() == ""


def test_a_wrong_hash_of_the_right_text_is_no_edit(run: Run) -> None:
    run()
    text = Path("net/model.py").read_text()
    number = text.split(", body ")[1][:16]
    Path("net/model.py").write_text(text.replace(number, "0" * 16))
    assert "net/model.py: out of date" in run("--check").out
    assert run().code == 0
    assert Path("net/model.py").read_text() == text


# --- older and newer packages ---


def first(text: str, source: str = "net.snn.toml") -> str:
    """A file as output format 1 wrote it."""
    body = text.split("(0BSD).\n", 1)[1]
    title = f"# Code generated by snnc from {source}. DO NOT EDIT.\n"
    command = f"# Regenerate: snnc build {source}\n"
    number = sha256(body.encode()).hexdigest()[:16]
    fields = f"# spec 0123456789abcdef, output format 1, body {number}\n"
    return f"{title}{command}{fields}# This file is yours, without conditions (0BSD).\n{body}"


def older() -> None:
    """The package as output format 1 wrote it, with a file that nobody needs now."""
    for path in Path("net").rglob("*.py"):
        path.write_text(first(path.read_text()))
    Path("net/fused/more").mkdir(parents=True)
    for name in ("convert.py", "fused/more/old.py", "mine.py", "own/mine.py"):
        Path("net", name).parent.mkdir(exist_ok=True)
        Path("net", name).write_text(Path("net/model.py").read_text())


def test_a_package_of_output_format_1(run: Run) -> None:
    run()
    older()
    ran = run("--check")
    said = "error[SNN510] other-format: "
    assert (ran.code, said in ran.out) == (1, True)
    assert "net/convert.py and 1 other: no longer generated" in ran.out
    assert run().code == 0
    assert run("--check") == UP_TO_DATE
    assert not Path("net/convert.py").exists()
    assert not Path("net/fused/more").exists()
    assert Path("net/mine.py").exists()
    assert Path("net/own/mine.py").exists()


def test_an_edited_file_of_output_format_1(run: Run) -> None:
    run()
    older()
    rewrite("net/model.py", "class Net", "class Mine")
    rewrite("net/convert.py", "class Net", "class Mine")
    ran = run()
    assert ran.code == 1
    assert "net/model.py: edited by hand" in ran.out
    assert "net/convert.py: no longer generated, but edited by hand" in ran.out
    assert "class Mine" in Path("net/model.py").read_text()


def test_files_of_others_beside_output_format_1(run: Run) -> None:
    run()
    older()
    Path("net/convert.py").write_text(first(Path("net/model.py").read_text(), "other.snn.toml"))
    Path("net/conversion").symlink_to("own")
    assert run().code == 0
    assert Path("net/convert.py").exists()
    assert Path("net/own/mine.py").exists()


def test_a_package_of_a_newer_snnc(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(header, "OUTPUT_FORMAT", 3)
        run()
    ran = run("--check")
    assert (ran.code, "made by a newer snnc, whose output format is 3 and not 2" in ran.out) == (
        1,
        True,
    )
