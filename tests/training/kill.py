"""Kills a training run again and again, and proves that it ends as if nothing had happened.

    python tests/training/kill.py specs/digits_conv /tmp/kills --kills 20

Every run is forked from this process, which has imported everything: so a kill -9 comes at any
moment of a run, and not only while Python starts.
"""

import argparse
import os
import random
import signal
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.training.forked import imported, start
from tests.training.packages import assert_same

SMALL = ["--limit", "300", "--device", "cpu"]


def killed(script: ModuleType, folder: Path, seconds: float) -> bool:
    """Starts or resumes a run and kills it; whether it still ran."""
    argv = [*SMALL, "--epochs", "100000", "--out-dir", str(folder), "--resume"]
    child = start(script, argv)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def end(script: ModuleType, folder: Path, epochs: int) -> dict[str, Any]:
    """The checkpoint of a run that goes on to the end."""
    argv = [*SMALL, "--epochs", str(epochs), "--out-dir", str(folder), "--resume"]
    assert script.main(argv) == 0
    state: dict[str, Any] = torch.load(folder / "checkpoint_latest.pt", weights_only=True)
    return state


def main() -> None:
    """Kills, resumes, and compares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package", type=Path, help="a generated package, by its folder")
    parser.add_argument("out", type=Path, help="an empty folder for the runs")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--longest", type=float, default=1.0, help="seconds until a kill")
    args = parser.parse_args()
    script = imported(args.package)
    moments = random.Random(0)
    for kill in range(args.kills):
        seconds = moments.uniform(0.01, args.longest)
        assert killed(script, args.out / "killed", seconds), "the run ended by itself"
        path = args.out / "killed" / "checkpoint_latest.pt"
        reached = torch.load(path, weights_only=True)["epoch"] if path.exists() else 0
        print(f"kill {kill + 1} after {seconds:.2f} s: epoch {reached}", flush=True)
    resumed = end(script, args.out / "killed", reached + 1)
    whole = end(script, args.out / "whole", reached + 1)
    assert_same(resumed, whole)
    print(f"the same bits after {args.kills} kills and {reached + 1} epochs")


if __name__ == "__main__":
    main()
