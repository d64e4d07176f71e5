"""What lies beside a package, in its folder, or in that of another: only its own is removed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from snnc.emit.header import Command, read_header, with_header
from tests.support.cli import SPEC, TRAIN, Ran, snnc

Run = Callable[..., Ran]
INSIDE = '[build]\nruntime = "inside"\n'
UP_TO_DATE = Ran(0, "", "1 package up to date\n")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``snnc build``, in a folder with one spec."""
    monkeypatch.chdir(tmp_path)
    Path("net.snn.toml").write_text(SPEC)
    return lambda *arguments: snnc(capsys, "build", *(arguments or ("net.snn.toml",)))


def contents() -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(Path().rglob("*")) if p.is_file()}


def unchanged(run: Run, *arguments: str, code: int = 1) -> Ran:
    before = contents()
    ran = run(*arguments)
    assert (ran.code, contents() == before) == (code, True)
    return ran


def listed(path: str) -> tuple[str, ...]:
    header = read_header(Path(path).read_text())
    assert header is not None
    assert header.files is not None
    return header.files


# --- where a package may be ---


@pytest.mark.parametrize("out", [".", "", "..", "../..", "net/..", "./"])
def test_out_of_the_command_line_is_a_folder_of_its_own(run: Run, out: str) -> None:
    run()
    ran = unchanged(run, "net.snn.toml", "-o", out, "--force", code=2)
    assert "or one above it: a package has a folder of its own" in ran.err


@pytest.mark.parametrize("out", [".", "..", "../..", "net/..", "./."])
def test_out_of_the_spec_is_a_folder_of_its_own(run: Run, out: str) -> None:
    run()
    Path("net.snn.toml").write_text(f'{SPEC}[build]\nout = "{out}"\n')
    for arguments in ((), ("--check",), ("--diff",), ("--force",)):
        assert "SNN209" in unchanged(run, "net.snn.toml", *arguments).out


@pytest.mark.parametrize("out", ["", "a\\u0000b", "a\\nb", "x" * 300, "\\u202e"])
def test_out_is_a_path(run: Run, out: str) -> None:
    Path("net.snn.toml").write_text(f'{SPEC}[build]\nout = "{out}"\n')
    assert "is not a folder's path" in unchanged(run).out


def test_the_spec_of_a_folder_below(run: Run) -> None:
    Path("below").mkdir()
    Path("net.snn.toml").rename("below/net.snn.toml")
    for out in (".", "below", "below/.."):
        unchanged(run, "below/net.snn.toml", "-o", out, code=2)
    for out in ("..", "../below"):
        Path("below/net.snn.toml").write_text(f'{SPEC}[build]\nout = "{out}"\n')
        unchanged(run, "below/net.snn.toml")
    Path("below/net.snn.toml").write_text(f'{SPEC}[build]\nout = "../beside"\n')
    assert run("below/net.snn.toml").code == 0
    assert Path("beside/model.py").exists()


# --- two specs ---


def other(out: str) -> None:
    Path("other.snn.toml").write_text(f'{SPEC}[build]\nout = "{out}"\n')


@pytest.mark.parametrize("out", ["net", "./net", "x/../net"])
def test_two_specs_never_share_a_folder(run: Run, out: str) -> None:
    run()
    other(out)
    for arguments in ((), ("--check",)):
        ran = unchanged(run, "other.snn.toml", *arguments)
        assert "belongs to net.snn.toml\n" in ran.out
        assert "help: give this package another folder" in ran.out
    assert "SNN509" in unchanged(run, ".").out
    assert "belongs to net.snn.toml" in unchanged(run, "other.snn.toml", "-o", "net").out
    assert run("other.snn.toml", "--force").code == 0
    assert run("--check", "other.snn.toml") == UP_TO_DATE
    assert "belongs to other.snn.toml" in unchanged(run).out


@pytest.mark.parametrize("out", ["net/fused", "net/inner", "net/a/b"])
def test_no_package_lies_in_another(run: Run, out: str) -> None:
    other(out)
    ran = run(".")
    assert (ran.code, "which overlaps with that of net.snn.toml" in ran.out) == (1, True)
    assert "inside of the package" in unchanged(run, "other.snn.toml", "--force").out


def test_a_spec_of_another_name_leaves_files_alone(run: Run) -> None:
    Path("net.snn.toml").write_text(SPEC + TRAIN)
    run()
    Path("net.snn.toml").rename("renamed.snn.toml")
    Path("renamed.snn.toml").write_text(SPEC)
    unchanged(run, "renamed.snn.toml")
    assert run("renamed.snn.toml", "--force").code == 0
    assert not Path("net/train.py").exists()


# --- what is removed ---


def test_the_list_is_every_file(run: Run) -> None:
    Path("net.snn.toml").write_text(SPEC + TRAIN)
    run()
    files = (p.relative_to("net").as_posix() for p in Path("net").rglob("*") if p.is_file())
    assert listed("net/__init__.py") == tuple(sorted(files))
    others = [p for p in Path("net").rglob("*.py") if str(p) != "net/__init__.py"]
    assert all("# Files:" not in path.read_text() for path in others)


def forged(*names: str) -> None:
    """The list of the package says that snnc wrote other files too."""
    text = Path("net/__init__.py").read_text().split("(0BSD).\n", 1)[1]
    files = [*listed("net/__init__.py"), *names]
    Path("net/__init__.py").write_text(with_header(text, Command("net.snn.toml"), files))


OUTSIDE = ["../mine.py", "{folder}/mine.py", "a/../../mine.py", "./mine.py", "..", ".", "a//b.py"]


@pytest.mark.parametrize("name", [*OUTSIDE, "own.py", "deep/own.py", "py.typed", "link/mine.py"])
def test_a_forged_list_removes_nothing_of_others(run: Run, name: str) -> None:
    run()
    generated = with_header("x = 1\n", Command("net.snn.toml"))
    theirs = with_header("x = 1\n", Command("another.snn.toml"))
    Path("mine.py").write_text(generated)
    Path("net/a").mkdir()
    Path("net/deep").mkdir()
    Path("net/link").symlink_to("..")
    Path("net/own.py").write_text(theirs)
    Path("net/deep/own.py").write_text("x = 1\n")
    forged(name.format(folder=Path.cwd()))
    before = contents()
    assert run("net.snn.toml", "--force").code == 0
    assert contents().keys() == before.keys()


def test_without_a_list_nothing_is_removed(run: Run) -> None:
    Path("net.snn.toml").write_text(SPEC + TRAIN)
    run()
    for text in (None, "", "x = 1\n", "<<<<<<< a\n"):
        if text is None:
            Path("net/__init__.py").unlink()
        else:
            Path("net/__init__.py").write_text(text)
        Path("net.snn.toml").write_text(SPEC)
        assert run("net.snn.toml", "--force").code == 0
        assert Path("net/train.py").exists()


def test_an_empty_folder_goes_with_what_was_in_it(run: Run) -> None:
    Path("net.snn.toml").write_text(SPEC + INSIDE)
    run()
    Path("net/snn_runtime/training/mine.txt").write_text("mine")
    Path("net.snn.toml").write_text(SPEC)
    run()
    assert [path.name for path in Path("net/snn_runtime/training").iterdir()] == ["mine.txt"]
    assert not Path("net/snn_runtime/pictures").exists()


def test_what_a_killed_build_left_goes(run: Run) -> None:
    Path("net.snn.toml").write_text(SPEC + INSIDE)
    run()
    for name in (".snnc-model.py.abcdefgh", "snn_runtime/fused/.snnc-calls.py.12345678"):
        Path("net", name).write_text("half")
    for name in (".snnc-mine.abcdefgh", ".model.py.swp"):
        Path("net", name).write_text("mine")
    assert run() == Ran(0, "", "net.snn.toml: nothing changed in net\n")
    assert sorted(p.name for p in Path("net").rglob(".*")) == [
        ".model.py.swp",
        ".snnc-mine.abcdefgh",
    ]
