"""Checkpoints that cannot be used or written: a sentence each, and nothing is lost."""

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
import torch

from tests.training.packages import latest, run


@pytest.fixture
def folder(script: ModuleType, tmp_path: Path) -> Path:
    """A run of one epoch."""
    run(script, tmp_path / "run", "--epochs", "1")
    return tmp_path / "run"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def says(script: ModuleType, capsys: pytest.CaptureFixture[str], *flags: str) -> str:
    """What a run that fails prints: one line."""
    capsys.readouterr()
    assert script.main(["--limit", "200", *flags]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def altered(script: ModuleType, path: Path, **changes: object) -> None:
    """Writes a checkpoint with other contents, and the digest that these have."""
    state = torch.load(path, weights_only=True) | changes
    torch.save(script.training.checkpoints.sealed(state), path)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_truncated(
    script: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str], share: float
) -> None:
    path = folder / "checkpoint_latest.pt"
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    before = contents(folder)
    said = says(script, capsys, "--out-dir", str(folder), "--resume")
    assert said == f"{path} is damaged, or no checkpoint at all; nothing was changed.\n"
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ([1, 2], "holds something else than a checkpoint of train.py"),
        ({"state_dict": {}}, "holds something else than a checkpoint of train.py"),
        (torch.nn.Linear(2, 2), "is damaged, or no checkpoint at all"),
    ],
)
def test_foreign(
    script: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    value: object,
    reason: str,
) -> None:
    path = tmp_path / "other.pt"
    torch.save(value, path)
    said = says(script, capsys, "--out-dir", "run", "--resume", "other.pt")
    assert said == f"other.pt {reason}; nothing was changed.\n"
    assert [p.name for p in tmp_path.iterdir()] == ["other.pt"]


def test_of_another_network(
    script: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "checkpoint_latest.pt"
    altered(script, path, network="other")
    before = contents(folder)
    said = says(script, capsys, "--resume", str(folder))
    assert said == (
        f"{path} is a checkpoint of other, and this is shared_net; nothing was changed.\n"
    )
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("name", "tensor", "what"),
    [
        ("fc1.weight", torch.zeros(7, 64), "fc1.weight is [7, 64] there and [32, 64] here"),
        ("fc9.weight", torch.zeros(2), "fc9.weight is [2] there and missing here"),
    ],
)
def test_of_another_shape(
    script: ModuleType,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    tensor: torch.Tensor,
    what: str,
) -> None:
    path = folder / "checkpoint_latest.pt"
    altered(script, path, model=latest(folder)["model"] | {name: tensor})
    before = contents(folder)
    said = says(script, capsys, "--resume", str(folder))
    assert said == f"{path} does not fit: {what}; nothing was changed.\n"
    assert contents(folder) == before


def test_missing(script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = " does not exist; nothing was changed.\n"
    assert says(script, capsys, "--resume", "none.pt") == f"none.pt{nothing}"
    said = says(script, capsys, "--out-dir", "run", "--evaluate")
    assert said == f"run/checkpoint_best.pt{nothing}"
    assert list(tmp_path.iterdir()) == []


def test_a_run_is_not_overwritten(
    script: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(folder)
    said = says(script, capsys, "--out-dir", str(folder))
    assert f"{folder} holds a run: --resume goes on with it, --restart replaces it" in said
    assert contents(folder) == before
    assert run(script, folder, "--epochs", "2", "--restart")["epoch"] == 2
    assert len(list(folder.glob("events.*"))) == 1


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """As if the disk were full: what is longer cannot be written."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_checkpoint_before(
    script: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "checkpoint_latest.pt"
    before = path.read_bytes()
    with files_of_at_most(8000):
        said = says(script, capsys, "--resume", str(folder), "--epochs", "2")
    assert "cannot be written: the disk is full" in said
    assert said.endswith("; the one before it is still there.\n")
    assert path.read_bytes() == before
    assert list(folder.glob("*.unfinished")) == []
    assert run(script, folder, "--resume", "--epochs", "2")["epoch"] == 2


def test_other_reasons_are_named(
    script: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    (tmp_path / "run").mkdir()
    monkeypatch.setattr(os, "fsync", broken)
    said = says(script, capsys, "--out-dir", "run", "--epochs", "1")
    assert "Input/output error" in said
    assert not (tmp_path / "run/checkpoint_latest.pt").exists()


def test_evaluate_trains_nothing(
    script: ModuleType, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(folder)
    best = latest(folder)["history"][-1]
    capsys.readouterr()
    assert script.main(["--out-dir", str(folder), "--evaluate"]) == 0
    said = capsys.readouterr().out
    assert f"accuracy {best['test/accuracy']:.2%}" in said
    assert contents(folder) == before
