"""Loggers: each is given the numbers of every epoch; libraries are imported if named.

A logger is a name of LOGGERS or a function that takes the row. Whatever they do,
metrics.csv has all rows.
"""

import json
import os
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from .files import FileError, reason, replace
from .identity import flat
from .settings import RunError

Numbers = Mapping[str, float]
Told = Callable[[dict[str, float]], object]
"""A function that is given the row of each epoch, once its checkpoint is written."""
TRACKED = "loggers.json"  # under which names servers know the run


class Logger(Protocol):
    """What writes rows somewhere."""

    def write(self, epoch: int, row: Numbers) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Place:
    """The run that is logged: its folder, its epochs so far, and its settings."""

    folder: Path
    epoch: int
    network: str

    @property
    def settings(self) -> dict[str, Any]:
        """Every value of settings.toml by its key."""
        tables = tomllib.loads((self.folder / "settings.toml").read_text("utf-8"))
        return {key: json.loads(text) for key, text in flat("", tables)}

    def tracked(self, logger: str) -> str | None:
        """The name that a server gave the run before, if it did."""
        path = self.folder / TRACKED
        names = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        return str(names[logger]) if logger in names else None

    def track(self, logger: str, name: str) -> None:
        """Keeps the name, so that a run that goes on is the same one there."""
        path = self.folder / TRACKED
        names = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        replace(path, json.dumps({**names, logger: name}).encode())


class TensorBoard:
    """Scalars in events.out.tfevents.*, in the folder of the run."""

    def __init__(self, place: Place) -> None:
        from torch.utils.tensorboard import SummaryWriter

        threading.excepthook = quiet
        self.folder = place.folder
        with told(self.folder):
            self.board = SummaryWriter(place.folder, purge_step=place.epoch + 1)

    def write(self, epoch: int, row: Numbers) -> None:
        """Adds the row. Raises FileError."""
        with told(self.folder):
            for name, number in row.items():
                self.board.add_scalar(name, number, epoch)
            self.board.flush()

    def close(self) -> None:
        """Waits until everything is written."""
        with told(self.folder):
            self.board.close()


class WandB:
    """A run of Weights & Biases, in the project of the network's name."""

    def __init__(self, place: Place) -> None:
        import wandb  # type: ignore[import-not-found, unused-ignore]

        self.run: Any = wandb.init(
            project=os.environ.get("WANDB_PROJECT", place.network),
            name=place.folder.name,
            id=place.tracked("wandb"),
            resume="allow",
            config=place.settings,
            dir=str(place.folder),
        )
        place.track("wandb", self.run.id)

    def write(self, epoch: int, row: Numbers) -> None:
        """Adds the row; a step that is there already stays."""
        self.run.log(dict(row), step=epoch)

    def close(self) -> None:
        """Waits until everything is sent."""
        self.run.finish()


class MLflow:
    """A run of MLflow, in the experiment of the network's name."""

    def __init__(self, place: Place) -> None:
        import mlflow  # type: ignore[import-not-found, unused-ignore]

        self.client: Any = mlflow.MlflowClient()
        known = place.tracked("mlflow")
        self.run = known or self.begun(place)
        if known:
            self.client.update_run(self.run, "RUNNING")
        else:
            place.track("mlflow", self.run)

    def begun(self, place: Place) -> str:
        """A new run with the settings as its parameters."""
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME", place.network)
        found = self.client.get_experiment_by_name(name)
        at = found.experiment_id if found else self.client.create_experiment(name)
        run = self.client.create_run(at, run_name=place.folder.name)
        for key, value in place.settings.items():
            self.client.log_param(run.info.run_id, key, value)
        return str(run.info.run_id)

    def write(self, epoch: int, row: Numbers) -> None:
        """Adds the row."""
        for name, number in row.items():
            self.client.log_metric(self.run, name, number, step=epoch)

    def close(self) -> None:
        """Marks the run as ended; one that goes on is marked as running again."""
        self.client.set_terminated(self.run)


LOGGERS: dict[str, Callable[[Place], Logger] | None] = {
    "csv": None,
    "tensorboard": TensorBoard,
    "wandb": WandB,
    "mlflow": MLflow,
}
"""Loggers by their names; csv is metrics.csv, which is always written."""
LIBRARIES = ("tensorboard", "wandb", "mlflow")  # what pip calls them too


def usual(spec: str) -> tuple[str, ...]:
    """The loggers that a spec names in [train]; without, TensorBoard."""
    train = tomllib.loads(spec).get("train", {})
    return tuple(train.get("loggers", ["tensorboard"]))


def require(loggers: Sequence[str | Told]) -> None:
    """Raises RunError if there is no such logger, or its library is not installed."""
    for name in loggers:
        if isinstance(name, str) and name not in LOGGERS:
            problem = f"There is no logger {name!r}: expected {', '.join(LOGGERS)}"
            raise RunError(f"{problem}, or a function.")
    for name in LIBRARIES:
        if name in loggers and find_spec(name) is None:
            problem = f"The logger {name} needs the package {name}: pip install {name}"
            raise RunError(f"{problem}, or --loggers csv.")


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


class Loggers:
    """The loggers of a run; a server that fails later stops no training."""

    def __init__(self, names: Sequence[str | Told], place: Place) -> None:
        require(names)
        self.own = [each for each in names if not isinstance(each, str)]
        self.named: dict[str, Logger] = {}
        for name in dict.fromkeys(each for each in names if isinstance(each, str)):
            if make := LOGGERS[name]:
                self.named[name] = self.started(name, make, place)

    def started(
        self, name: str, make: Callable[[Place], Logger], place: Place
    ) -> Logger:
        """One of them. Raises RunError if it cannot begin."""
        try:
            return make(place)
        except RunError:
            raise
        except Exception as error:  # each library has its own
            raise RunError(f"The logger {name} cannot begin: {brief(error)}") from error

    def write(self, row: Numbers) -> None:
        """Gives the row to those that were named. Raises FileError."""
        epoch = int(row["epoch"])
        numbers = {name: number for name, number in row.items() if name != "epoch"}
        for name, logger in self.named.items():
            with tolerated(name, f"epoch {epoch}"):
                logger.write(epoch, numbers)

    def tell(self, row: dict[str, float]) -> None:
        """Gives the row to the functions, whose exceptions end the training."""
        for each in self.own:
            each({**row})

    def close(self) -> None:
        """Waits until everything is written."""
        for name, logger in self.named.items():
            with tolerated(name, "the end"):
                logger.close()


@contextmanager
def tolerated(name: str, what: str) -> Iterator[None]:
    """Says on stderr that a logger failed, and goes on; files are another matter."""
    try:
        yield
    except Exception as error:  # each library has its own
        if isinstance(error, RunError):
            raise
        kept = "metrics.csv has it"
        print(f"The logger {name} lost {what}, {kept}: {brief(error)}", file=sys.stderr)


def brief(error: Exception) -> str:
    """The first line of an error, or its name."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
