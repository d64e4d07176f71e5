"""A training script as a function, ``train(settings)``: it returns its best epoch."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import torch

from .identity import Network
from .interrupts import Stopped
from .learner import Learner
from .loggers import Told, usual
from .options import Options, device
from .processes import Team, together
from .score import Row
from .settings import FREE, RunError, Settings, misfit


@dataclass(frozen=True)
class Outcome:
    """The best epoch of a run: its metric where that decides, and all its numbers."""

    metric: str
    value: float
    epoch: int
    numbers: Row
    folder: Path


class Where(TypedDict, total=False):
    """Where a run takes place, as the script's flags say it; all may be left out."""

    device: str | torch.device  # default: cuda, if there is one
    workers: int
    compile: bool
    graph: bool
    data_dir: str | Path
    out_dir: str | Path | None
    init: str | Path | None
    resume: bool  # go on with the run of that folder, if there is one
    restart: bool
    loggers: Sequence[str | Told]  # names, and functions of the row of each epoch
    report: bool  # draw pictures at the end, and say where everything is


CarryOut = Callable[[Options, Settings, Team, ExitStack], Outcome | None]


def outcome(learner: Learner, folder: Path) -> Outcome:
    """What a run came to. Raises RunError if its best epoch is gone."""
    best, epoch = learner.best, learner.best_epoch
    if best is None:
        raise RunError(f"{folder}: the best epoch is not known.")
    return Outcome(learner.metric, best, epoch, {**learner.history[epoch - 1]}, folder)


def call(
    carry_out: CarryOut,
    network: Network,
    settings: Settings,
    steps: int | None,
    where: Where,
) -> Outcome:
    """Trains with these settings; ``steps``: the network can have no other time steps.

    Raises RunError, and whatever the data or a function among the loggers raises.
    """
    if problem := misfit(vars(settings)):
        raise RunError(f"These settings cannot be used: {problem}.")
    if steps not in (None, settings.time_steps):
        raise RunError(f"This network has {steps} time steps and can have no others.")
    options = placed(network, settings, where)
    try:
        with together(options.device) as team, ExitStack() as held:
            found = carry_out(options, settings, team, held)
    except Stopped as stopped:
        if stopped.code == 128 + signal.SIGINT:
            raise KeyboardInterrupt from stopped
        raise SystemExit(stopped.code) from stopped
    assert found is not None  # nothing was only evaluated
    return found


def placed(network: Network, settings: Settings, where: Where) -> Options:
    """The options of a script that is called. Raises RunError, and TypeError."""
    if unknown := where.keys() - Where.__annotations__.keys():
        raise TypeError(f"train() has no argument {min(unknown)}")
    usually = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        on = device(str(where.get("device", usually)))
    except argparse.ArgumentTypeError as error:
        raise RunError(f"{error}.") from error
    out, init = where.get("out_dir"), where.get("init")
    return Options(
        network=network,
        changed={name: getattr(settings, name) for name in FREE},
        device=on,
        workers=where.get("workers", 0),
        compile=where.get("compile", False),
        data_dir=Path(where.get("data_dir", "data")),
        out_dir=None if out is None else Path(out),
        init=None if init is None else Path(init),
        resume=Path() if where.get("resume") else None,
        evaluate=False,
        profile=None,
        restart=where.get("restart", False),
        loggers=tuple(where.get("loggers", usual(network.spec))),
        report=where.get("report", False),
        exact=True,
        graph=where.get("graph", False),
    )


def run(
    carry_out: CarryOut, options: Options, spec: Settings, error: type[Exception]
) -> int:
    """Runs a script; returns its exit code. ``error`` is what its data raise."""
    try:
        with together(options.device) as team, ExitStack() as held:
            carry_out(options, spec, team, held)
    except (error, OSError, RunError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except Stopped as stopped:
        return stopped.code
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 0
