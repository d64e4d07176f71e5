"""``snnc build`` and what is on the disk: nothing half written, nobody's work replaced."""

import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.cli import SPEC, TRAIN, Ran, snnc

Run = Callable[..., Ran]
UP_TO_DATE = Ran(0, "", "1 package up to date\n")
STALE = "out of date, the spec has changed\n"
RUN = "  = help: run snnc build net.snn.toml\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """``snnc build``, in a folder with one spec."""
    monkeypatch.chdir(tmp_path)
    Path("net.snn.toml").write_text(SPEC)
    return lambda *arguments: snnc(capsys, "build", *(arguments or ("net.snn.toml",)))


def check(run: Run, *arguments: str) -> Ran:
    return run("--check", "net.snn.toml", *arguments)


def rewrite(path: str, old: str, new: str) -> None:
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def contents() -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(Path().rglob("*")) if p.is_file()}


def test_build_then_check(run: Run) -> None:
    missing = check(run)
    assert missing.code == 1
    assert "[SNN502] missing-file: net/model.py and 2 others: missing\n" in missing.out
    assert RUN in missing.out
    ran = run()
    assert (ran.code, ran.out) == (0, "")
    runtime, package = ran.err.splitlines()
    assert re.fullmatch(r"runtime: \d+ files changed in snn_runtime", runtime)
    assert package == "net.snn.toml: 3 files changed in net"
    assert check(run) == UP_TO_DATE
    assert run() == Ran(0, "", "net.snn.toml: nothing changed in net\n")


def test_only_the_meaning_of_a_spec_counts(run: Run) -> None:
    run()
    rewrite("net.snn.toml", "[input]", "# a comment\n\n\n[input]   # another")
    rewrite("net.snn.toml", 'format = 1\nname = "net"', 'name    = "net"\nformat = 1')
    assert check(run) == UP_TO_DATE
    rewrite("net.snn.toml", "out_channels = 4", "out_channels = 5")
    stale = check(run)
    assert (stale.code, stale.err) == (1, "")
    assert stale.out.startswith(  # sizes stand in kernels.py too
        f"net.snn.toml:1:11: error[SNN501] stale-file: net/model.py and 1 other: {STALE}"
    )
    assert stale.out.endswith(f'1 | name    = "net"\n  |           ^^^^^\n{RUN}')


def test_a_file_edited_by_hand(run: Run) -> None:
    run()
    generated = contents()
    rewrite("net/model.py", "def forward", "def forwards")
    edited = contents()
    told = check(run)
    assert (told.code, told.err) == (1, "")
    assert "error[SNN503] edited-file: net/model.py: edited by hand\n" in told.out
    assert (
        "help: keep changes in a subclass or a module of your own, "
        "or run snnc build net.snn.toml --force to replace it" in told.out
    )
    assert run() == told
    assert contents() == edited
    assert run("net.snn.toml", "--force").code == 0
    assert contents() == generated


def test_one_edited_file_keeps_the_whole_package_as_it_is(run: Run) -> None:
    run()
    rewrite("net/kernels.py", "class IF", "class MyIF")
    rewrite("net.snn.toml", "out_channels = 4", "out_channels = 5")
    before = contents()
    assert run().code == 1
    assert contents() == before


def test_diff(run: Run) -> None:
    run()
    assert run("--diff", "net.snn.toml") == Ran(0, "", "")
    rewrite("net.snn.toml", "out_features = 10", "out_features = 12")
    before = contents()
    ran = run("--diff", "net.snn.toml")
    assert ran.code == 1
    assert ran.out.startswith("--- net/model.py\n+++ net/model.py\n@@ ")
    assert "-        self.fc = nn.Linear(144, 10)\n" in ran.out
    assert "+        self.fc = nn.Linear(144, 12)\n" in ran.out
    assert contents() == before


def test_diff_of_a_new_package(run: Run) -> None:
    ran = run("--diff", "net.snn.toml")
    assert ran.code == 1
    assert "--- /dev/null\n+++ net/model.py\n" in ran.out
    assert not Path("net").exists()


def test_what_is_no_longer_generated_goes(run: Run) -> None:
    Path("net.snn.toml").write_text(SPEC + TRAIN)
    run()
    assert Path("net/train.py").exists()
    Path("net.snn.toml").write_text(SPEC)
    told = check(run).out
    assert "[SNN507] left-over-file: net/data.py and 4 others: no longer generated\n" in told
    assert "help: run snnc build net.snn.toml to remove it\n" in told
    diff = run("--diff", "net.snn.toml").out
    assert "--- net/train.py\n+++ /dev/null\n" in diff
    assert run().code == 0
    assert not Path("net/train.py").exists()
    assert check(run) == UP_TO_DATE


def test_a_folder_that_is_no_longer_generated_goes(run: Run) -> None:
    Path("net.snn.toml").write_text(SPEC + '[build]\nruntime = "inside"\n')
    run()
    assert Path("net/snn_runtime").exists()
    Path("net.snn.toml").write_text(SPEC)
    run()
    assert not Path("net/snn_runtime").exists()
    assert Path("snn_runtime").exists()


def test_only_what_is_on_the_list_is_left_over(run: Run) -> None:
    run()
    Path("net/old").mkdir()
    Path("net/old/kernels.py").write_text(Path("net/model.py").read_text())
    assert check(run) == UP_TO_DATE
    run("net.snn.toml", "--force")
    assert Path("net/old/kernels.py").exists()


def test_what_is_no_longer_generated_but_edited_stays(run: Run) -> None:
    Path("net.snn.toml").write_text(SPEC + TRAIN)
    run()
    rewrite("net/train.py", "import", "import  ")
    Path("net.snn.toml").write_text(SPEC)
    ran = run()
    assert ran.code == 1
    assert "net/train.py: no longer generated, but edited by hand\n" in ran.out
    assert "help: move or remove it" in ran.out
    assert Path("net/data.py").exists()
    assert run("net.snn.toml", "--force").code == 0
    assert Path("net/train.py").exists()
    assert not Path("net/data.py").exists()
    assert check(run) == UP_TO_DATE


def test_files_of_others_are_never_touched(run: Run) -> None:
    Path("net").mkdir()
    Path("net/mine.py").write_text("mine = 1\n")
    Path("net/data.txt").write_text("1\n")
    Path("net/picture.py").write_bytes(b"\xff\xfe\0")
    run()
    assert check(run) == UP_TO_DATE
    run("net.snn.toml", "--force")
    assert Path("net/mine.py").read_text() == "mine = 1\n"
    assert Path("net/data.txt").read_text() == "1\n"
    assert Path("net/picture.py").read_bytes() == b"\xff\xfe\0"


def test_a_file_of_others_in_the_way(run: Run) -> None:
    Path("net").mkdir()
    Path("net/model.py").write_text("mine = 1\n")
    ran = run()
    assert (ran.code, ran.err) == (1, "")
    assert "[SNN506] foreign-file: net/model.py: not written by snnc\n" in ran.out
    assert "help: move it, or run snnc build net.snn.toml --force to replace it\n" in ran.out
    assert not Path("snn_runtime").exists()
    assert [path.name for path in Path("net").iterdir()] == ["model.py"]


def test_line_ends_of_a_windows_checkout_are_no_change(run: Run) -> None:
    run()
    for path, content in contents().items():
        Path(path).write_bytes(content.replace(b"\n", b"\r\n"))
    before = contents()
    assert check(run) == UP_TO_DATE
    assert run("--diff", "net.snn.toml") == Ran(0, "", "")
    assert run().err == "net.snn.toml: nothing changed in net\n"
    assert contents() == before


@pytest.mark.parametrize("calls", [0, 1, 2])
def test_a_failure_leaves_the_old_package(
    run: Run, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    run()
    before, make, made = contents(), tempfile.mkstemp, []

    def fail(dir: Path, prefix: str) -> tuple[int, str]:
        made.append(dir)
        if len(made) > calls:
            raise OSError(28, "No space left on device", "secret")
        return make(dir=dir, prefix=prefix)

    monkeypatch.setattr(tempfile, "mkstemp", fail)
    ran = run("net.snn.toml", "--set", "time_steps=8")  # every file says so
    assert ran == Ran(2, "", "snnc: net: no space left on device\n")
    assert contents() == before


def test_a_failure_while_replacing_leaves_whole_files(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    rewrite("net.snn.toml", "out_channels = 4", "out_channels = 5")
    before = contents()

    def fail(path: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(path), None, str(target))

    monkeypatch.setattr(Path, "replace", fail)
    assert run().code == 2
    assert contents() == before


def test_an_unwritable_folder(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(dir: Path, prefix: str) -> tuple[int, str]:
        raise PermissionError(13, "Permission denied", f"{dir}/{prefix}x")

    monkeypatch.setattr(tempfile, "mkstemp", refuse)
    assert run() == Ran(2, "", "snnc: snn_runtime: permission denied\n")


def test_a_file_where_the_folder_should_be(run: Run) -> None:
    Path("net").write_text("")
    ran = run()
    assert (ran.code, ran.err) == (1, "")
    assert "net is a file, which snnc neither follows nor replaces" in ran.out
    assert run("net.snn.toml", "--force").code == 1
    assert Path("net").read_text() == ""


def test_modes_are_kept(run: Run) -> None:
    run()
    Path("net/model.py").chmod(0o640)
    rewrite("net.snn.toml", "out_channels = 4", "out_channels = 5")
    run()
    assert Path("net/model.py").stat().st_mode & 0o777 == 0o640


def test_a_broken_spec_changes_nothing(run: Run) -> None:
    run()
    before = contents()
    Path("net.snn.toml").write_text(SPEC.replace("out_features", "features"))
    ran = run()
    assert (ran.code, "unknown key `features` of Linear" in ran.out) == (1, True)
    del before["net.snn.toml"]
    assert {path: text for path, text in contents().items() if path in before} == before


def test_a_broken_spec_does_not_stop_the_others(run: Run) -> None:
    Path("a.snn.toml").write_text(SPEC.replace('"net"', '"a"').replace("LIF", "LIFF"))
    ran = run(".")
    assert ran.code == 1
    assert "error[SNN202]" in ran.out
    assert Path("net/model.py").exists()
    assert not Path("a").exists()


def test_settings_are_recorded(run: Run) -> None:
    more = ("net.snn.toml", "--set", "time_steps=8", "--set", "input.encoder=poisson")
    run(*more)
    command = "snnc build net.snn.toml --set time_steps=8 --set input.encoder=poisson"
    assert f"# Regenerate: {command}\n" in Path("net/model.py").read_text()
    assert run("--check", *more) == UP_TO_DATE
    told = check(run).out
    assert f"[SNN501] stale-file: net/model.py and 2 others: made by `{command}`\n" in told
    assert "help: run that again, or snnc build net.snn.toml to replace it\n" in told
    ran = run("--check", "net.snn.toml", "--set", "time_steps=9")
    assert "or snnc build net.snn.toml --set time_steps=9 to replace it" in ran.out


def test_out(run: Run) -> None:
    ran = run("net.snn.toml", "-o", "some/where")
    assert ran.err.endswith("changed in some/where\n")
    assert not Path("net").exists()
    assert run("--check", "net.snn.toml", "-o", "some/where") == UP_TO_DATE
    Path("some/where/model.py").unlink()
    told = run("--check", "net.snn.toml", "-o", "some/where").out
    assert "some/where/model.py: missing\n" in told
    assert "help: run snnc build net.snn.toml -o some/where\n" in told


def test_out_of_the_spec(run: Run) -> None:
    Path("net.snn.toml").write_text(SPEC + '[build]\nout = "deep/package"\n')
    run()
    assert Path("deep/package/model.py").exists()


@pytest.mark.parametrize("out", ["../elsewhere", "/elsewhere"])
def test_a_spec_cannot_write_outside(run: Run, out: str) -> None:
    Path("net.snn.toml").write_text(f'{SPEC}[build]\nout = "{out}"\n')
    ran = run("net.snn.toml", "--output-format", "concise")
    said = f"the package would be written to {out}, outside of this folder"
    assert ran == Ran(1, f"net.snn.toml:17:7: error: SNN209 bad-folder {said}\n", "")
