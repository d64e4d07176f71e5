"""The training of one trial: its package, its process, the numbers that come out of it."""

import csv
import ctypes
import functools
import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from snnc.sweep.vary import Value

FLAGS = {
    "train.epochs": "--epochs",
    "train.batch_size": "--batch-size",
    "train.accumulate": "--accumulate",
    "train.grad_clip": "--grad-clip",
    "train.optimizer.lr": "--lr",
    "train.optimizer.momentum": "--momentum",
    "train.optimizer.weight_decay": "--weight-decay",
    "seed": "--seed",
}
"""Keys that a training script takes as flags: they need no package of their own."""
_POLL = 0.2  # seconds


class Broken(Exception):
    """A package was not built, or a training failed; the message says what it said last."""


@dataclass(frozen=True)
class Recipe:
    """The way in which trials are trained; ``measure`` is a column of metrics.csv.

    ``flags`` are those of all trainings.
    """

    spec: Path
    folder: Path
    settings: tuple[str, ...]
    flags: tuple[str, ...]
    measure: str
    higher: bool


def structure(values: Mapping[str, Value]) -> list[str]:
    """The settings of the spec that a trial changes; what a flag says is none."""
    return [f"{key}={value}" for key, value in values.items() if key not in FLAGS]


def package(recipe: Recipe, values: Mapping[str, Value]) -> str:
    """The package of a trial, built once by each process. Raises Broken."""
    return _built(recipe, (*recipe.settings, *structure(values)))


@functools.cache
def _built(recipe: Recipe, settings: tuple[str, ...]) -> str:
    digest = hashlib.sha256("\0".join(settings).encode()).hexdigest()[:8]
    name = f"variant_{digest}"
    options = [part for setting in settings for part in ("--set", setting)]
    out = recipe.folder / "packages" / name
    command = [sys.executable, "-c", "from snnc.cli import main; main()", "build"]
    command += [str(recipe.spec), *options, "--set", f"name={name}", "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Broken(last(done.stdout + done.stderr))
    return name


def trained(
    recipe: Recipe,
    number: int,
    values: Mapping[str, Value],
    tell: Callable[[int, float], bool],
) -> float | None:
    """The best measure of a trial's epochs; None if ``tell``, called after each, ended it.

    A training that was broken off before goes on. Raises Broken.
    """
    place = recipe.folder / "trials" / f"{number:04}"
    place.mkdir(parents=True, exist_ok=True)
    flags = [f"{FLAGS[key]}={value}" for key, value in values.items() if key in FLAGS]
    command = [sys.executable, "-m", f"{package(recipe, values)}.train", *flags, *recipe.flags]
    command += ["--out-dir", str(place / "run"), "--resume"]
    with (place / "log.txt").open("a", encoding="utf-8") as log:
        where, end = recipe.folder / "packages", _with_us if sys.platform == "linux" else None
        process = subprocess.Popen(
            command,
            cwd=where,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=end,  # noqa: PLW1509 - this process has one thread
        )
        try:
            if not _followed(process, place / "run" / "metrics.csv", recipe.measure, tell):
                return None
        finally:
            _ended(process)
    if process.returncode:
        raise Broken(f"{last((place / 'log.txt').read_text('utf-8'))} ({place / 'log.txt'})")
    found = measures(place / "run" / "metrics.csv", recipe.measure)
    return max(found) if recipe.higher else min(found)


def _with_us() -> None:
    """A training does not outlive the sweep that started it: prctl(PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _followed(
    process: "subprocess.Popen[bytes]",
    metrics: Path,
    measure: str,
    tell: Callable[[int, float], bool],
) -> bool:
    """Whether a training came to its end; ``tell`` hears of each epoch."""
    told = 0
    while True:
        ended = process.poll() is not None
        for epoch, value in enumerate(measures(metrics, measure)[told:], told + 1):
            told = epoch
            if not tell(epoch, value):
                return False
        if ended:
            return True
        time.sleep(_POLL)


def _ended(process: "subprocess.Popen[bytes]") -> None:
    """Asks a training to stop, which leaves a checkpoint, and waits for that."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    process.wait()


def measures(metrics: Path, measure: str) -> list[float]:
    """The measure of every epoch so far."""
    if not metrics.exists():
        return []
    with metrics.open(encoding="utf-8", newline="") as file:
        return [float(row[measure]) for row in csv.DictReader(file) if row.get(measure)]


def last(text: str) -> str:
    """The last line that says something."""
    lines: Sequence[str] = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"
