"""The results of a sweep: a table, trials.csv and pictures."""

import csv
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import FrozenTrial

from snnc.sweep.study import Study, finished


def ranked(study: Study) -> list[FrozenTrial]:
    """Trials that came to an end, the best first; equal ones by number."""
    sign = -1 if study.plan.higher else 1
    ended = [trial for trial in finished(study.trials) if trial.value is not None]
    return sorted(ended, key=lambda trial: (sign * float(trial.value or 0.0), trial.number))


def rows(study: Study, measure: str) -> Iterator[list[str]]:
    """The table, its head first."""
    keys = [varied.key for varied in study.plan.varied]
    yield ["trial", measure, *keys, "epochs", "state"]
    for trial in ranked(study):
        values = [brief(trial.params.get(key, "")) for key in keys]
        epochs, state = str(len(trial.intermediate_values)), trial.state.name.lower()
        yield [str(trial.number), f"{trial.value:.6g}", *values, epochs, state]


def brief(value: Any) -> str:
    """A value as tables and lines show it."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def write(study: Study, measure: str, folder: Path) -> list[str]:
    """trials.csv and, if there are trials enough, Optuna's pictures; their names."""
    table = [*rows(study, measure)]
    with (folder / "trials.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)
    return ["trials.csv", *_pictures(study.study, measure, folder, len(table) - 1)]


def _pictures(study: optuna.Study, measure: str, folder: Path, count: int) -> Iterator[str]:
    if count < 2:
        return
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot
    from optuna.visualization import matplotlib as drawn

    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    made: dict[str, Any] = {
        "history.png": drawn.plot_optimization_history,
        "slices.png": drawn.plot_slice,
    }
    for name, plot in made.items():
        plot(study, target_name=measure)
        pyplot.gcf().set_size_inches(10, 5)
        pyplot.savefig(folder / name, dpi=110, bbox_inches="tight")
        pyplot.close("all")
        yield name
