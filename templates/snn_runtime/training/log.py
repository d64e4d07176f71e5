"""The folder of a run: settings.toml, metrics.csv and TensorBoard's events."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from torch.utils.tensorboard import SummaryWriter

from .checkpoints import BEST, LATEST, CheckpointError, replace
from .options import Options
from .score import Row
from .settings import Settings, Table


def claim(folder: Path, again: bool) -> None:
    """Makes the folder of a new run; checkpoints in it are a run's that is there.

    They go if it is to begin `again`, else CheckpointError is raised.
    """
    found = [folder / name for name in (LATEST, BEST) if (folder / name).exists()]
    if found and not again:
        problem = (
            f"{folder} holds a run: --resume goes on with it, --restart replaces it"
        )
        raise CheckpointError(f"{problem}, --out-dir chooses another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    for path in [*found, *folder.glob("events.out.tfevents.*")] if again else []:
        path.unlink()


class Log:
    """Writes the numbers of every epoch."""

    def __init__(self, folder: Path, epoch: int) -> None:
        self.path = folder / "metrics.csv"
        self.board = SummaryWriter(folder, purge_step=epoch + 1)

    def write(self, history: list[Row]) -> None:
        """Adds the last row to TensorBoard; metrics.csv has them all."""
        *_, row = history
        for name, number in row.items():
            if name != "epoch":
                self.board.add_scalar(name, number, int(row["epoch"]))
        self.board.flush()
        text = io.StringIO(newline="")
        rows = csv.DictWriter(text, list(row))
        rows.writeheader()
        rows.writerows({**r, "epoch": int(r["epoch"])} for r in history)
        replace(self.path, text.getvalue().encode())

    def close(self) -> None:
        """Waits until everything is written."""
        self.board.close()


def toml(settings: Settings, options: Options, processes: int) -> str:
    """The settings, and under [run] where they were carried out."""
    values = {k: v for k, v in vars(settings).items() if v is not None}
    tables = {k: v for k, v in values.items() if isinstance(v, Mapping)}
    run = {
        "device": str(options.device),
        "processes": processes,
        "workers": options.workers,
        "compile": options.compile,
        "data_dir": str(options.data_dir),
        "torch": str(torch.__version__),
    }
    lines = [*pairs({k: v for k, v in values.items() if k not in tables})]
    for name, table in (tables | {"run": run}).items():
        lines += ["", f"[{name}]", *pairs(table)]
    return "\n".join(lines) + "\n"


def pairs(table: Table) -> Iterator[str]:
    """One line of TOML a key; it writes values as JSON does, but for DEL."""
    for name, value in table.items():
        text = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        yield f"{name} = {text}"
