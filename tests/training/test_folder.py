"""The folder of a run: one process writes it, its numbers never lag, and its data stay."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from tests.training.packages import latest, run
from tests.training.test_checkpoints import contents, says

HOLDER = """\
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from snn_runtime.training.files import locked
with locked(Path(sys.argv[2])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(script: ModuleType, tmp_path: Path) -> Path:
    """A run of one epoch."""
    run(script, tmp_path / "run", "--epochs", "1")
    return tmp_path / "run"


def holder(script: ModuleType, folder: Path) -> "subprocess.Popen[str]":
    """Another process, which holds the lock of the folder until it is killed."""
    package = Path(script.__file__ or "").parent
    command = [sys.executable, "-c", HOLDER, str(package.parent), str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


@pytest.mark.parametrize("flags", [("--resume",), ("--restart",), ("--profile", "1")])
def test_one_process_writes(
    script: ModuleType,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    flags: tuple[str, ...],
) -> None:
    with holder(script, folder) as process:
        before = contents(folder)
        said = says(script, capsys, "--out-dir", str(folder), *flags)
        assert said.startswith(f"{folder} is in use: process {process.pid} on ")
        assert said.endswith(" writes there; --out-dir chooses another folder.\n")
        assert contents(folder) == before
        assert script.main(["--limit", "200", "--out-dir", str(folder), "--evaluate"]) == 0
        process.kill()
    assert (folder / "run.lock").exists()
    assert run(script, folder, "--resume", "--epochs", "2")["epoch"] == 2
    assert not (folder / "run.lock").exists()


def test_a_folder_that_cannot_be_made(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    said = says(script, capsys, "--out-dir", "file/run")
    assert said == "file/run cannot be written: Not a directory.\n"


def test_what_was_made_for_nothing_goes_again(
    script: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    says(script, capsys, "--resume", str(folder), "--out-dir", "a/b", "--lr", "9")
    assert not (folder.parent / "a").exists()


def test_broken_off_between_two_checkpoints(script: ModuleType, folder: Path) -> None:
    """The best is written first: a run that has only that goes on from it."""
    (folder / "checkpoint_latest.pt").unlink()
    (folder / "checkpoint_latest.pt.unfinished").write_text("half")
    state = run(script, folder, "--resume", "--epochs", "2")
    assert [row["epoch"] for row in state["history"]] == [1, 2]
    assert not list(folder.glob("*.unfinished"))


def test_the_further_of_both_goes_on(
    script: ModuleType, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(folder / "checkpoint_latest.pt", tmp_path / "first.pt")
    run(script, folder, "--resume", "--epochs", "2")
    (folder / "checkpoint_latest.pt").replace(folder / "checkpoint_best.pt")
    shutil.copy(tmp_path / "first.pt", folder / "checkpoint_latest.pt")
    capsys.readouterr()
    run(script, folder, "--resume", "--epochs", "3")
    said = capsys.readouterr().out
    assert "epoch 3/" in said
    assert "epoch 2/" not in said


def test_metrics_are_those_of_the_checkpoint(script: ModuleType, folder: Path) -> None:
    path = folder / "metrics.csv"
    whole = path.read_bytes()
    for content in (b"", whole + b"1,2,3\n", None):
        path.unlink() if content is None else path.write_bytes(content)
        run(script, folder, "--resume", "--epochs", "1")
        assert path.read_bytes() == whole


def test_an_earlier_checkpoint_does_not_replace_a_later_one(
    script: ModuleType, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(folder / "checkpoint_latest.pt", folder / "kept.pt")
    run(script, folder, "--resume", "--epochs", "2")
    before = contents(folder)
    said = says(script, capsys, "--resume", str(folder / "kept.pt"))
    assert "has learned longer than" in said
    assert contents(folder) == before
    assert (
        script.main(["--resume", str(folder / "kept.pt"), "--out-dir", "b", "--epochs", "4"]) == 0
    )
    assert latest(tmp_path / "b")["epoch"] == 4


def test_numbers_without_checkpoints_are_kept(
    script: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(script, folder, "--resume", "--epochs", "2")
    for path in folder.glob("*.pt"):
        path.unlink()
    before = contents(folder)
    for flags in ((), ("--resume",)):
        said = says(script, capsys, "--out-dir", str(folder), *flags)
        assert "holds the numbers of a run without checkpoints" in said
        assert contents(folder) == before


def test_elsewhere_the_best_comes_along(script: ModuleType, folder: Path, tmp_path: Path) -> None:
    best = (folder / "checkpoint_best.pt").read_bytes()
    flags = ["--resume", str(folder), "--epochs", "1", "--out-dir", "other"]
    assert script.main(flags) == 0
    assert (tmp_path / "other/checkpoint_best.pt").read_bytes() == best


def test_a_best_that_is_gone(
    script: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(script, folder, "--resume", "--epochs", "3")
    path = folder / "checkpoint_latest.pt"
    state = latest(folder) | {"best_epoch": 1, "best": 2.0}
    torch.save(script.training.checkpoints.sealed(state), path)
    (folder / "checkpoint_best.pt").unlink()
    after = run(script, folder, "--resume", "--epochs", "4")
    assert after["best_epoch"] == 4
    assert "checkpoint_best.pt is gone" in capsys.readouterr().err
    assert (folder / "checkpoint_best.pt").exists()


def test_other_data_is_told(
    script: ModuleType,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load = script.load

    def other(*args: object) -> object:
        data = load(*args)
        data.test.samples[3, 0, 0, 0] += 1
        return data

    monkeypatch.setattr(script, "load", other)
    before = contents(folder)
    said = says(script, capsys, "--resume", str(folder))
    path = folder / "checkpoint_latest.pt"
    problem = "was written with other data: test samples are not what they were"
    assert said == f"{path} {problem}; nothing was changed.\n"
    assert contents(folder) == before
    assert script.main(["--limit", "200", "--out-dir", str(folder), "--evaluate"]) == 0
    best = folder / "checkpoint_best.pt"
    said = capsys.readouterr().err
    assert said == f"{best} was written with other data: test samples were not these.\n"


def test_metrics_are_ahead_of_the_checkpoint(
    script: ModuleType, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whenever a checkpoint is written, metrics.csv has its epochs already."""
    seen = []
    files = script.training.checkpoints
    replace = files.replace

    def watched(path: Path, content: bytes) -> None:
        with (folder / "metrics.csv").open(encoding="utf-8", newline="") as file:
            seen.append((path.name, len([*csv.DictReader(file)])))
        replace(path, content)

    monkeypatch.setattr(files, "replace", watched)
    run(script, folder, "--resume", "--epochs", "3")
    assert [rows for name, rows in seen if name == "checkpoint_latest.pt"] == [2, 3]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileExistsError(17, "File exists", "p.png"), "p.png: File exists."),
        (OSError(28, "No space"), "A picture: the disk is full (No space)."),
        (OSError("as it is"), "as it is"),
    ],
)
def test_pictures_that_cannot_be_written(
    script: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: OSError,
    said: str,
) -> None:
    def redraw(_: object) -> None:
        raise error

    monkeypatch.setattr(script.visualize, "redraw", redraw)
    assert script.visualize.main(["--run", "run"]) == 1
    assert capsys.readouterr().err == f"{said}\n"
