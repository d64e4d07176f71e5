"""``snnc sweep``: trains a spec with many values, in as many processes as are started."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import snnc
from snnc import terminal
from snnc.document import Document
from snnc.sweep.training import Broken, Recipe, trained
from snnc.sweep.vary import BadVary, Varied, grid, parsed

if TYPE_CHECKING:
    from optuna.trial import Trial

    from snnc.sweep.study import Plan, Study
    from snnc.sweep.vary import Value

_TRIALS = 20


@dataclass(frozen=True)
class SweepOptions:
    """The options of the command, as they were given."""

    vary: tuple[str, ...]
    trials: int | None
    study: str
    storage: str
    out: Path | None
    seed: int
    sampler: str
    prune: bool
    settings: tuple[str, ...]
    flags: tuple[str, ...]


def sweep(spec: Path, options: SweepOptions) -> int:
    """Trains until no trial is left; exit code 1 if one failed. Raises UsageError."""
    spec = terminal.spec(spec)
    varied = _varied(options)
    document = terminal.or_report(lambda: _checked(spec, options.settings, varied))
    missing = [name for name in ("optuna", "torch") if find_spec(name) is None]
    if missing:
        raise terminal.UsageError(f"{missing[0]} is not installed: pip install 'snnc[sweep]'")
    from snnc.sweep.study import OtherSweep, Study

    name = options.study or document.spec.name
    folder = (options.out or Path("sweeps") / name).resolve()
    recipe, plan = _recipe(spec, document, options, folder), _plan(document, options, varied)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with _alone(folder):
            study = Study(options.storage or f"sqlite:///{folder / 'study.db'}", name, plan)
    except OtherSweep as error:
        raise terminal.UsageError(str(error)) from None
    return _carried_out(study, recipe)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keeps processes that are started at once from planning the trials twice."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with (folder / "study.lock").open("w") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        yield


def _varied(options: SweepOptions) -> tuple[Varied, ...]:
    if not options.vary:
        raise terminal.UsageError("nothing to vary: give --vary KEY=VALUES")
    if options.sampler not in ("random", "tpe"):
        raise terminal.UsageError(f"--sampler is random or tpe, not {options.sampler}")
    if options.trials is not None and options.trials < 1:
        raise terminal.UsageError("--trials must be at least 1")
    try:
        return parsed(options.vary)
    except BadVary as error:
        raise terminal.UsageError(str(error)) from None


def _checked(spec: Path, settings: Iterable[str], varied: Iterable[Varied]) -> Document:
    """The spec; every value that is named has to fit. Raises Findings."""
    whole = snnc.load(spec, [*settings])
    if whole.spec.train is None:
        raise terminal.UsageError(f"{spec} has no [train]: there is nothing to train")
    for one in varied:
        for value in one.ends if one.key != "seed" else ():
            snnc.link(snnc.load(spec, [*settings, f"{one.key}={value}"]))
    return whole


def _plan(document: Document, options: SweepOptions, varied: tuple[Varied, ...]) -> "Plan":
    from snnc.sweep.study import Plan

    combinations, tpe = grid(varied), options.sampler == "tpe"
    whole = not tpe and combinations is not None and options.trials in (None, combinations)
    trials = (combinations if whole else options.trials) or _TRIALS
    higher = _measure(document)[1]
    return Plan(varied, trials, options.seed, whole, tpe, options.prune, higher)


def _measure(document: Document) -> tuple[str, bool]:
    """The column of metrics.csv that picks the best epoch, and whether more is better."""
    train, graph = document.spec.train, snnc.link(document)
    assert train is not None
    metric, _ = train.measured(graph.outputs)
    held = getattr(train.dataset, "validation", 0.0)
    return f"{'validation' if held else 'test'}/{metric.title}", metric.higher


def _recipe(spec: Path, document: Document, options: SweepOptions, folder: Path) -> Recipe:
    measure, higher = _measure(document)
    flags = options.flags
    if not any(flag.startswith("--data-dir") for flag in flags):
        flags = (*flags, "--data-dir", str(Path("data").resolve()))
    return Recipe(spec.resolve(), folder, options.settings, flags, measure, higher)


def _carried_out(study: "Study", recipe: Recipe) -> int:
    from snnc.sweep import results

    failures = 0
    for trial, values in study.taken():
        told = ", ".join(f"{key}={results.brief(value)}" for key, value in values.items())
        _say(f"trial {trial.number}: {told}")
        failures += not _one(study, recipe, trial, values)
    for row in _aligned([*results.rows(study, recipe.measure)]):
        _say(row)
    made = results.write(study, recipe.measure, recipe.folder)
    ended = len(results.ranked(study))
    _say(f"{ended} of {study.plan.trials} trials; {recipe.folder}: {', '.join(made)}")
    return int(bool(failures))


def _one(study: "Study", recipe: Recipe, trial: "Trial", values: "dict[str, Value]") -> bool:
    """Trains one trial and notes how it ended; whether it did not fail."""
    from optuna.trial import TrialState

    try:
        value = trained(recipe, trial.number, values, lambda epoch, v: study.told(trial, epoch, v))
    except Broken as error:
        study.study.tell(trial, state=TrialState.FAIL)
        terminal.say(f"trial {trial.number} failed: {error}")
        return False
    except BaseException:
        study.release(trial)
        raise
    if value is None:
        study.study.tell(trial, state=TrialState.PRUNED)
        _say(f"trial {trial.number}: pruned")
    else:
        study.study.tell(trial, value)
        _say(f"trial {trial.number}: {recipe.measure} {value:.6g}")
    return True


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _aligned(table: list[list[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
