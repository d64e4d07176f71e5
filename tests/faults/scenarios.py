"""What is broken off: runs and builds, how they go on, and what they have to come to."""

import csv
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SMALL = ["--limit", "60", "--device", "cpu", "--epochs", "2"]
TIMES = ("images/s",)  # columns of metrics.csv that differ from run to run


@dataclass(frozen=True)
class Scenario:
    """What is done in a folder: at first, and again by whoever finds it broken off."""

    name: str
    prepare: Callable[[Path], None]
    first: Callable[[Path], int]
    again: Callable[[Path], int]
    compare: Callable[[Path, Path], Iterator[str]]


@dataclass(frozen=True)
class Outcome:
    """How a forked process ended."""

    killed: bool
    code: int
    said: str


def forked(work: Callable[[], int], said: Path) -> Outcome:
    """Does the work in a process of its own; what it says goes to a file."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            handle = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(handle, 1)
            os.dup2(handle, 2)
            code = work()
        except SystemExit as stopped:
            code = stopped.code if isinstance(stopped.code, int) else 71
        finally:
            if error := sys.exc_info()[1]:
                traceback.print_exception(error)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    code = 0 if killed else os.waitstatus_to_exitcode(status)
    return Outcome(killed, code, said.read_text("utf-8", "replace"))


def listing(place: Path) -> set[str]:
    """The files, but for those of TensorBoard: each process has its own."""
    names = (path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    return {name for name in names if "events.out.tfevents" not in name}


def same_files(whole: Path, place: Path) -> Iterator[str]:
    """Which files are not there as they should be."""
    wanted, found = listing(whole), listing(place)
    for names, what in ((found - wanted, "left over"), (wanted - found, "missing")):
        if names:
            yield f"{len(names)} files are {what}: {', '.join(sorted(names)[:3])}"


def same_package(whole: Path, place: Path) -> Iterator[str]:
    """How the package that a build left differs."""
    yield from same_files(whole, place)
    for name in sorted(listing(whole) & listing(place)):
        if (whole / name).read_bytes() != (place / name).read_bytes():
            yield f"{name} differs"


def same_run(whole: Path, place: Path) -> Iterator[str]:
    """How the run that was resumed differs."""
    import torch

    from tests.training.packages import assert_same

    yield from same_files(whole, place)
    for name in ("checkpoint_latest.pt", "checkpoint_best.pt"):
        one, other = (torch.load(p / "run" / name, weights_only=True) for p in (whole, place))
        try:
            assert_same(other, one)
        except AssertionError as error:
            yield f"{name} differs: {error}"
    if numbers(whole / "run/metrics.csv") != numbers(place / "run/metrics.csv"):
        yield "metrics.csv differs"


def numbers(path: Path) -> list[dict[str, str]]:
    """The rows of a metrics.csv, without times."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    return [{k: v for k, v in row.items() if k not in TIMES} for row in rows]


def trainings(script: Any) -> Iterator[Scenario]:
    """A run that is always started with --resume; one that stops; some that replace another."""

    def train(place: Path, *flags: str) -> int:
        code: int = script.main([*SMALL, "--out-dir", str(place / "run"), *flags])
        return code

    def resumed(place: Path) -> int:
        return train(place, "--resume")

    def restarted(place: Path) -> int:
        return train(place, "--restart")

    def before(*flags: str) -> Callable[[Path], None]:
        """Prepares a folder that holds a whole run."""

        def prepare(place: Path) -> None:
            outcome = forked(lambda: train(place, *flags), place.with_name("said"))
            assert outcome.code == 0, outcome.said

        return prepare

    def stopping(place: Path) -> int:
        """Is asked to stop in the second epoch, and goes on."""
        original, calls = script.train_batch, iter(range(1, 10**6))

        def batch(*args: Any) -> Any:
            if next(calls) == 3:
                os.kill(os.getpid(), signal.SIGTERM)
            return original(*args)

        script.train_batch = batch
        code = train(place, "--resume")
        return resumed(place) if code == 128 + signal.SIGTERM else code

    nothing: Callable[[Path], None] = lambda _: None  # noqa: E731
    yield Scenario("training", nothing, resumed, resumed, same_run)
    yield Scenario("stopping", nothing, stopping, resumed, same_run)
    yield Scenario("restart", before("--seed", "7"), restarted, restarted, same_run)
    yield Scenario("restart, resumed", before(), restarted, resumed, same_run)


def builds() -> Iterator[Scenario]:
    """A package that is new, and one that another spec had made."""
    from snnc.cli import main

    old, new = (ROOT / "specs" / f"{name}.snn.toml" for name in ("own_neurons", "lif_fc_mnist"))

    def written(spec: Path) -> Callable[[Path], None]:
        def prepare(place: Path) -> None:
            text = spec.read_text("utf-8").replace(f'name = "{spec.name[:-9]}"', 'name = "net"')
            (place / "net.snn.toml").write_text(text, "utf-8")

        return prepare

    def build(place: Path) -> int:
        main(["build", str(place / "net.snn.toml")])
        return 0

    def before(place: Path) -> None:
        written(old)(place)
        outcome = forked(lambda: build(place), place.with_name("said"))
        assert outcome.code == 0, outcome.said
        written(new)(place)

    yield Scenario("build", written(new), build, build, same_package)
    yield Scenario("rebuild", before, build, build, same_package)
