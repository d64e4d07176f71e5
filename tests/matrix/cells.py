"""Rows carried out, each in a process that is forked from one that has imported everything."""

import importlib
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import snnc
from tests.fuzz.strange.writing import written
from tests.matrix import data
from tests.matrix.columns import Package, columns
from tests.matrix.places import converting
from tests.matrix.rows import Missing, Row
from tests.support.written import write

SECONDS = 300
"""After which a row is taken for one that never ends."""
LATE = ("torch._dynamo", "matplotlib.pyplot", "sklearn.datasets", "torch.utils.tensorboard")


@dataclass(frozen=True)
class Cell:
    """What came of a column in a row: "" if it held."""

    row: str
    column: str
    said: str


def carried_out(rows: Iterable[Row | Missing], whole: bool, compile_every: int) -> Iterator[Cell]:
    """Every cell, row by row."""
    if not whole:
        hasten_pictures()
    with TemporaryDirectory() as shared:
        import_all(Path(shared))
        for number, row in enumerate(rows):
            if isinstance(row, Missing):
                yield Cell(row.title, "build", row.said)
            else:
                yield from forked(row, whole, compile_every > 0 and number % compile_every == 0)


def import_all(folder: Path) -> None:
    """Imports the runtime and what it imports later, once for all rows."""
    for module in LATE:
        importlib.import_module(module)
    (folder / "first.snn.toml").write_text(written(converting() | {"name": "first"}), "utf-8")
    write(folder, snnc.emit(snnc.load(folder / "first.snn.toml")))
    sys.path.insert(0, str(folder))
    for script in ("train", "convert", "visualize"):
        importlib.import_module(f"first.{script}")
    sys.path.remove(str(folder))


def hasten_pictures() -> None:
    """Lets figures be drawn, but neither laid out nor compressed: that takes most of the time."""
    from matplotlib.figure import Figure

    def save(figure: Any, path: Path, **_: object) -> None:
        figure.set_layout_engine("none")
        figure.draw_without_rendering()
        path.touch()

    vars_of: Any = Figure
    vars_of.savefig = save


def forked(row: Row, whole: bool, compiles: bool) -> list[Cell]:
    """The cells of a row, from a process of its own; a death is told in the cell it came in."""
    with TemporaryDirectory() as name:
        log, printed = Path(name, "log"), Path(name, "printed")
        child = os.fork()
        if child == 0:
            try:
                alone(row, Path(name), log, printed, whole, compiles)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        told = log.read_text("utf-8").split("\0")[:-1] if log.exists() else []
        pairs = [text.partition("\1")[::2] for text in told]
        if status or not pairs or pairs[-1][1] == BEGUN:
            last = pairs[-1][0] if pairs else "build"
            pairs.append((last, f"the process died with status {status}: {end_of(printed)}"))
        return [Cell(row.title, column, said) for column, said in pairs if said != BEGUN]


BEGUN = "begun"


def end_of(path: Path) -> str:
    return path.read_text("utf-8", "replace")[-300:] if path.exists() else ""


def alone(row: Row, folder: Path, log: Path, printed: Path, whole: bool, compiles: bool) -> None:
    """Carries out a row in this process, which is for nothing else."""
    import signal

    signal.alarm(SECONDS)
    handle = os.open(printed, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    with log.open("a", buffering=1, encoding="utf-8") as file:

        def attempt(column: str, work: Any, *arguments: Any) -> Any:
            file.write(f"{column}\1{BEGUN}\0")
            said, result = "", None
            try:
                result = work(*arguments)
            except BaseException as error:  # noqa: BLE001 - SystemExit too: it is what is told
                said = one_line(error)
            file.write(f"{column}\1{said}\0")
            file.flush()
            return result

        package = attempt("build", built, row, folder, printed)
        if package is None:
            return
        for name, column in columns(package.document, whole, compiles).items():
            attempt(name, column, package)


def one_line(error: BaseException) -> str:
    where = traceback.extract_tb(error.__traceback__)[-1]
    said = " ".join(str(error).split())[:400]
    return f"{type(error).__name__}: {said} ({Path(where.filename).name}:{where.lineno})"


def built(row: Row, folder: Path, printed: Path) -> Package:
    """The package of a row, imported, with its data beside it."""
    path = folder / "net.snn.toml"
    path.write_text(row.text, "utf-8")
    document = snnc.load(path)
    write(folder, snnc.emit(document))
    data.write(document, folder, row.a_step)
    sys.path.insert(0, str(folder))
    names = ["train", "visualize", *["convert"] * (document.spec.convert is not None)]
    scripts: dict[str, Any] = {n: importlib.import_module(f"net.{n}") for n in names}
    data.stand_in(importlib.import_module("net.data"), document)
    for script in scripts.values():
        for name in ("load", "DataError"):
            if hasattr(script, name):
                setattr(script, name, getattr(sys.modules["net.data"], name))
    scripts["train"].visualize.draw = lambda *_: []  # the column "visualize" does

    def said() -> str:
        sys.stdout.flush()
        sys.stderr.flush()
        return printed.read_text("utf-8", "replace")

    return Package(document, scripts, folder, said)
