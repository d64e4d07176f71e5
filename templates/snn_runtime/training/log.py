"""The folder of a run: what may be there, metrics.csv and what loggers write."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .checkpoints import BEST, LATEST
from .files import UNFINISHED, remove, replace
from .loggers import TRACKED, Loggers, Place, Told
from .options import Options
from .score import Row
from .settings import RunError

if TYPE_CHECKING:
    from .learner import Learner

METRICS, SETTINGS, SPEC = "metrics.csv", "settings.toml", "spec.toml"
# In the order in which they go: a run that is being deleted can still be resumed.
FILES = (LATEST, METRICS, SETTINGS, SPEC, TRACKED, BEST)


def claim(folder: Path, options: Options) -> None:
    """Clears the folder for a new run; what is only profiled leaves all as it is.

    Raises RunError if a run is there and is not to begin again.
    """
    if options.profile:
        return
    if not options.restart:
        vacant(folder)
    events = folder.glob("events.out.tfevents.*") if options.restart else ()
    for path in (*(folder / name for name in FILES), *events):
        remove(path)


def vacant(folder: Path) -> None:
    """Raises RunError if something in the folder cost training.

    One row of numbers did not: it is there before the first checkpoint.
    """
    if any((folder / name).exists() for name in (LATEST, BEST)):
        problem = "holds a run: --resume goes on with it, --restart replaces it"
    elif rows(folder / METRICS) > 1:
        problem = "holds the numbers of a run without checkpoints: --restart deletes it"
    else:
        return
    raise RunError(f"{folder} {problem}, --out-dir chooses another folder.")


def rows(path: Path) -> int:
    """How many epochs a metrics.csv has; 0 if there is none."""
    return max(0, path.read_bytes().count(b"\n") - 1) if path.is_file() else 0


def tidy(folder: Path) -> None:
    """Deletes what a run that was killed left half written."""
    for name in FILES:
        remove(folder / (name + UNFINISHED))


class Log:
    """Writes the numbers of every epoch: into metrics.csv, and where loggers want them.

    Raises RunError if a logger cannot begin.
    """

    def __init__(
        self, folder: Path, epoch: int, network: str, loggers: Sequence[str | Told]
    ) -> None:
        self.folder = folder
        self.loggers = Loggers(loggers, Place(folder, epoch, network))

    def write(self, history: list[Row]) -> None:
        """Adds the last row to the loggers; metrics.csv has them all."""
        self.loggers.write(history[-1])
        write_metrics(self.folder, history)

    def tell(self, history: list[Row]) -> None:
        """Gives the last row to functions, once it is all on the disk."""
        self.loggers.tell(history[-1])

    def close(self) -> None:
        """Waits until everything is written."""
        self.loggers.close()


def begun_log(learner: "Learner", folder: Path) -> Log | None:
    """Where the numbers of epochs go; only the leader has it. Raises RunError."""
    if not learner.team.leads:
        return None
    return Log(folder, learner.epoch, learner.network.name, learner.loggers)


def where(folder: Path) -> str:
    """The lines that say where a run lies, and how TensorBoard shows it, if it can."""
    shown = any(folder.glob("events.out.tfevents.*"))
    board = f"\nTensorBoard  tensorboard --logdir {folder}" if shown else ""
    return f"run          {folder}{board}"


def write_metrics(folder: Path, history: list[Row]) -> None:
    """A row for every epoch; without one, there is no file."""
    if not history:
        remove(folder / METRICS)
        return
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, list(history[-1]))
    rows.writeheader()
    rows.writerows({**row, "epoch": int(row["epoch"])} for row in history)
    replace(folder / METRICS, text.getvalue().encode())
