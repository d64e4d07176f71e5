"""The folder of a run: what may be there, metrics.csv and TensorBoard's events."""

import csv
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from .checkpoints import BEST, LATEST
from .files import UNFINISHED, FileError, reason, remove, replace
from .options import Options
from .score import Row
from .settings import RunError

METRICS, SETTINGS, SPEC = "metrics.csv", "settings.toml", "spec.toml"
# In the order in which they go: a run that is being deleted can still be resumed.
FILES = (LATEST, METRICS, SETTINGS, SPEC, BEST)


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
    """Writes the numbers of every epoch."""

    def __init__(self, folder: Path, epoch: int) -> None:
        self.folder = folder
        threading.excepthook = quiet
        with told(folder):
            self.board = SummaryWriter(folder, purge_step=epoch + 1)

    def write(self, history: list[Row]) -> None:
        """Adds the last row to TensorBoard; metrics.csv has them all."""
        *_, row = history
        with told(self.folder):
            for name, number in row.items():
                if name != "epoch":
                    self.board.add_scalar(name, number, int(row["epoch"]))
            self.board.flush()
        write_metrics(self.folder, history)

    def close(self) -> None:
        """Waits until everything is written."""
        with told(self.folder):
            self.board.close()


@contextmanager
def told(folder: Path) -> Iterator[None]:
    """Raises FileError where TensorBoard's own files cannot be written."""
    try:
        yield
    except OSError as error:
        problem = f"events.out.tfevents.* cannot be written: {reason(error)}."
        raise FileError(f"{folder}: {problem}") from error


def quiet(failed: threading.ExceptHookArgs) -> None:
    """Says nothing of TensorBoard's thread, whose errors its next call raises."""
    if not type(failed.thread).__module__.startswith("tensorboard"):
        threading.__excepthook__(failed)


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
