"""Two processes train as one does, and a run moves from one number of them to another."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from tests.training.packages import latest

FORKED = Path(__file__).with_name("forked.py")
# Ten steps of two batches; the last has one sample, so that one of the processes has none.
TEN_STEPS = "--device cpu --dtype float64 --limit 951 --accumulate 2"


RUNS = (
    f"1 {TEN_STEPS} --out-dir alone --epochs 1",
    f"2 {TEN_STEPS} --out-dir both --epochs 1",
    f"1 {TEN_STEPS} --out-dir alone-then-alone --resume alone --epochs 2",
    f"2 {TEN_STEPS} --out-dir alone-then-both --resume alone --epochs 2",
    f"1 {TEN_STEPS} --out-dir both-then-alone --resume both --epochs 2",
    "2 --device cpu --resume none.pt",
    "2 --device cpu --resume broken.pt",
    "2 --device cpu --out-dir file",
)


@pytest.fixture(scope="module")
def runs(
    shared: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The folder of all runs, each in processes of its own, and what they said."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "broken.pt").write_bytes(b"no checkpoint")
    (folder / "file").write_text("where a folder should be")
    command = [sys.executable, str(FORKED), str(Path(shared.__file__ or "").parent), *RUNS]
    return folder, called(command, folder)


def called(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "OMP_NUM_THREADS": "1", "SNNC_BACKEND": "torch"}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def assert_close(one: dict[str, Any], other: dict[str, Any]) -> None:
    """The same but for the order in which float64 was added up."""
    assert one["model"].keys() == other["model"].keys()
    for name, tensor in one["model"].items():
        torch.testing.assert_close(tensor, other["model"][name], rtol=1e-9, atol=1e-12)
    for mine, theirs in zip(one["history"], other["history"], strict=True):
        for name in mine.keys() - {"images/s"}:
            assert mine[name] == pytest.approx(theirs[name], rel=1e-9, abs=1e-12), name


def test_two_processes_are_one(runs: tuple[Path, Any]) -> None:
    """After ten steps, and after ten more by the other number of processes."""
    folder, done = runs
    assert done.stdout.count("epoch 1/1") == 2
    assert done.stdout.count("epoch 2/2") == 3
    assert_close(latest(folder / "both"), latest(folder / "alone"))
    wanted = latest(folder / "alone-then-alone")
    assert wanted["history"][1]["train/loss"] < wanted["history"][0]["train/loss"]
    for name in ("alone-then-both", "both-then-alone"):
        assert_close(latest(folder / name), wanted)
        assert len(list((folder / name).glob("events.*"))) == 1


def test_what_is_wrong_is_said_once(runs: tuple[Path, Any]) -> None:
    _, done = runs
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "none.pt does not exist; nothing was changed.",
        "broken.pt is damaged, or no checkpoint at all; nothing was changed.",
        "file cannot be written: File exists.",
    ]


def test_torchrun_starts_them(script: ModuleType, tmp_path: Path) -> None:
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    flags = "--device cpu --limit 60 --epochs 1 --out-dir run"
    done = called([*launch, script.__file__ or "", *shlex.split(flags)], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("epoch 1/1") == 1
    assert "processes = 2" in (tmp_path / "run/settings.toml").read_text("utf-8")
