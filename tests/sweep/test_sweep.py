"""``snnc sweep``: two processes on one study, killed and resumed; refusals."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import SPEC, TRAIN, snnc

VARY = ["--vary", "train.optimizer.lr=1e-3,1e-2", "--vary", "defaults.LIF.tau=1.5,3.0"]
FLAGS = ["--", "--device", "cpu", "--limit", "40"]
SMALL = (SPEC + TRAIN).replace("epochs = 2", "epochs = 1").replace('"Adam"', '{ kind = "Adam" }')


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "net.snn.toml"
    path.write_text(SMALL)
    monkeypatch.chdir(tmp_path)
    return path


def started(out: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", "from snnc.cli import main; main()", "sweep", "net.snn.toml"]
    command += [*VARY, "-o", out, *FLAGS]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def rows(out: str) -> list[dict[str, Any]]:
    with Path(out, "trials.csv").open(newline="") as file:
        return [*csv.DictReader(file)]


def test_two_processes_of_which_one_is_killed_come_to_what_one_comes_to(spec: Path) -> None:
    first, other = started("shared"), started("shared")
    while not [*Path("shared").glob("trials/*/run")] and other.poll() is None:
        time.sleep(0.1)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    assert other.wait() == 0
    again, alone = started("shared"), started("alone")
    assert again.wait() == alone.wait() == 0
    assert len(rows("shared")) == 4
    assert rows("shared") == rows("alone")
    packages = [path.name for path in Path("shared/packages").glob("variant_*")]
    assert len(packages) == 2  # the learning rate is a flag
    assert {"history.png", "slices.png"} <= {path.name for path in Path("shared").iterdir()}


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        ([], 2, "nothing to vary: give --vary KEY=VALUES"),
        (["--vary", "train.optimizer.lr"], 2, "expected KEY=V1,V2"),
        (["--vary", "train.optimizer.lr=0.1", "--sampler", "grid"], 2, "--sampler is random or"),
        (["--vary", "train.optimizer.lr=0.1", "--trials", "0"], 2, "--trials must be at least 1"),
        (["--vary", "defaults.LIF.taw=1.5,2"], 1, "did you mean `tau`?"),
        (["--vary", "defaults.LIF.tau=0.5:2.0"], 1, "`tau`"),
    ],
)
def test_what_cannot_be_swept_is_said_before_anything_is_written(
    spec: Path, capsys: pytest.CaptureFixture[str], options: list[str], code: int, said: str
) -> None:
    ran = snnc(capsys, "sweep", str(spec), *options)
    assert ran.code == code
    assert said in ran.out + ran.err
    assert [path.name for path in spec.parent.iterdir()] == ["net.snn.toml"]


def test_a_spec_that_does_not_train_is_refused(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec.write_text(SPEC)
    ran = snnc(capsys, "sweep", str(spec), "--vary", "defaults.LIF.tau=1.5,2")
    assert (ran.code, "has no [train]" in ran.err) == (2, True)


def test_a_training_that_fails_says_why_and_the_others_go_on(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--vary", "train.optimizer.lr=1e-3,1e-2", "--", "--device", "none-such"]
    ran = snnc(capsys, "sweep", str(spec), *options)
    assert ran.code == 1
    assert ran.err.count("failed: ") == 2
    assert "none-such" in ran.err
    assert "0 of 2 trials" in ran.out
