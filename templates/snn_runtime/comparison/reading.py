"""A run as the files in its folder tell it; no checkpoint is opened."""

import csv
import dataclasses
import errno
import os
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..measures import best_epoch, judge
from ..training.files import LOCK
from ..training.identity import flat, network
from ..training.log import METRICS, SETTINGS, SPEC

if sys.platform != "win32":
    import fcntl

STATES = ("finished", "stopped early", "running", "unfinished", "unreadable")
APART = ("epochs", "identity", "run")  # of settings.toml, which are no settings
Numbers = Mapping[str, float]


@dataclass(frozen=True)
class Run:
    """A run: its settings and the spec by their keys, and the numbers of every epoch.

    ``sign`` is 1 if more of ``metric`` is better, -1 if less is.
    """

    folder: Path
    state: str
    settings: Mapping[str, str]
    epochs: list[Numbers]
    wanted: int  # epochs
    metric: str
    sign: int

    @property
    def split(self) -> str:
        """The split that decides which epoch is the best."""
        named = {name.partition("/")[0] for row in self.epochs for name in row}
        return judge(named)

    @property
    def best(self) -> tuple[int, Numbers] | None:
        """The best epoch and its numbers; None if there is none yet."""
        column = f"{self.split}/{self.metric}"
        curve = {
            at: row[column] for at, row in enumerate(self.epochs, 1) if column in row
        }
        if not curve:
            return None
        epoch = best_epoch(curve, self.sign)
        return epoch, self.epochs[epoch - 1]

    @property
    def score(self) -> float | None:
        """The metric of the best epoch, on the split that decides."""
        best = self.best
        return None if best is None else best[1][f"{self.split}/{self.metric}"]


def below(folder: Path) -> Iterator[Path]:
    """Every folder of a run in a folder, however deep, in order; or the folder itself."""
    yield from sorted(path.parent for path in folder.rglob(SETTINGS))


def read(folder: Path, metric: str, sign: int) -> Run:
    """The run of a folder; what cannot be read makes its state ``unreadable``."""
    try:
        told = tomllib.loads((folder / SETTINGS).read_text("utf-8"))
        epochs = [*numbers(folder / METRICS)]
        spec = folder / SPEC
        kept = settings(told, spec.read_text("utf-8") if spec.is_file() else "")
        run = Run(folder, "", kept, epochs, int(told["epochs"]), metric, sign)
    except (LookupError, OSError, TypeError, ValueError):
        return Run(folder, STATES[-1], {}, [], 0, metric, sign)
    return dataclasses.replace(run, state=state(run, told))


def numbers(path: Path) -> Iterator[Numbers]:
    """The rows of metrics.csv. Raises ValueError where one holds something else."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {name: float(text) for name, text in row.items() if name and text}


def settings(told: Mapping[str, Any], spec: str) -> dict[str, str]:
    """Every setting by its key and every number of the network, as JSON writes them."""
    tables = {name: v for name, v in told.items() if name not in APART}
    if init := told.get("run", {}).get("init"):
        tables["init"] = init
    return dict(flat("", tables)) | (network(spec).identity if spec else {})


def state(run: Run, told: Mapping[str, Any]) -> str:
    """How far a run has come, or that it is being written."""
    if held(run.folder / LOCK):
        return STATES[2]
    if len(run.epochs) >= run.wanted:
        return STATES[0]
    patience, best = told.get("early_stop"), run.best
    if isinstance(patience, int) and best and len(run.epochs) - best[0] >= patience:
        return STATES[1]
    return STATES[3]


def held(path: Path) -> bool:
    """Whether a process holds the lock of a run: a file that is left over is no lock.

    Asking takes the lock, shared, and gives it back, unless this process holds it itself.
    """
    if sys.platform == "win32" or not path.is_file():
        return path.is_file()
    try:
        if f"process {os.getpid()} on " in path.read_text("utf-8", "replace"):
            return True
        with path.open("rb") as file:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (errno.EACCES, errno.EAGAIN)
    return False
