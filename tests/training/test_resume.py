"""A run that was interrupted and resumed ends as one that was not, bit for bit."""

import os
import shutil
import signal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.training.packages import assert_same, latest, run

ONE_CYCLE = ("--scheduler", "OneCycleLR", "--max-lr", "0.2")
WARM = ("--scheduler", "StepLR", "--step-size", "2", "--warmup-epochs", "1.5")


@pytest.mark.parametrize("flags", [(), WARM, ("--opt", "AdamW", "--accumulate", "3")])
def test_resumed_at_the_end_of_an_epoch(
    script: ModuleType, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    whole = run(script, tmp_path / "whole", *flags)
    run(script, tmp_path / "parts", *flags, "--epochs", "2")
    parts = run(script, tmp_path / "parts", "--resume", "--epochs", "4")
    assert_same(parts, whole)
    assert_same(latest(tmp_path / "parts"), whole)
    rows = [(tmp_path / name / "metrics.csv").read_text("utf-8") for name in ("parts", "whole")]
    assert [len(text.splitlines()) for text in rows] == [5, 5]


def interrupt_at(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str, call: int, number: int
) -> None:
    """Sends a signal from within a call of a function of the script."""
    original = getattr(script, name)
    calls = iter(range(1, 10**6))

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == call:
            os.kill(os.getpid(), number)
        return original(*args, **kwargs)

    monkeypatch.setattr(script, name, wrapped)


@pytest.mark.parametrize("flags", [(), ONE_CYCLE, ("--accumulate", "2", "--limit", "170")])
@pytest.mark.parametrize(
    ("function", "call", "number", "where"),
    [
        ("train_batch", 3, signal.SIGINT, "epoch 1, batch"),
        ("train_batch", 6, signal.SIGTERM, "epoch 2, batch"),
        ("evaluate", 2, signal.SIGINT, "epoch 2, batch 4"),
    ],
)
def test_stopped_within_an_epoch(
    script: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    flags: tuple[str, ...],
    function: str,
    call: int,
    number: int,
    where: str,
) -> None:
    whole = run(script, tmp_path / "whole", *flags)
    with monkeypatch.context() as patch:
        interrupt_at(script, patch, function, call, number)
        argv = ["--limit", "200", "--out-dir", str(tmp_path / "parts"), *flags]
        assert script.main(argv) == 128 + number
    assert f"Stopped in {where}" in capsys.readouterr().err
    assert_same(run(script, tmp_path / "parts", *flags, "--resume"), whole)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_workers_change_nothing(script: ModuleType, tmp_path: Path) -> None:
    alone = run(script, tmp_path / "0", "--epochs", "1")
    assert_same(run(script, tmp_path / "2", "--epochs", "1", "--workers", "2"), alone)


def test_resuming_where_nothing_is_yet_begins(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = run(script, tmp_path / "run", "--epochs", "1", "--resume")
    assert state["epoch"] == 1
    assert "does not exist yet: beginning with epoch 1" in capsys.readouterr().out


def test_a_checkpoint_by_its_path_brings_its_settings(script: ModuleType, tmp_path: Path) -> None:
    first = run(script, tmp_path / "run", "--epochs", "1", "--lr", "0.125", "--seed", "3")
    shutil.copy(tmp_path / "run/checkpoint_best.pt", tmp_path / "kept.pt")
    for path, folder in (("run", "run"), ("kept.pt", "other")):
        assert script.main(["--resume", path, "--out-dir", folder, "--epochs", "2"]) == 0
        second = latest(tmp_path / folder)
        assert second["settings"] == first["settings"] | {"epochs": 2}
        assert second["epoch"] == 2


def test_resumed_elsewhere_leaves_the_first_alone(script: ModuleType, tmp_path: Path) -> None:
    run(script, tmp_path / "one", "--epochs", "1")
    before = (tmp_path / "one/checkpoint_latest.pt").read_bytes()
    assert script.main(["--resume", "one", "--out-dir", "two", "--epochs", "2"]) == 0
    assert latest(tmp_path / "two")["epoch"] == 2
    assert (tmp_path / "one/checkpoint_latest.pt").read_bytes() == before
    assert script.main(["--resume", "one", "--out-dir", "two", "--epochs", "3"]) == 1
