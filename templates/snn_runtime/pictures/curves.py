"""Training curves: loss and accuracy over the epochs, of one run or of several."""

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from .style import BLUE, COLOURS, GREY, ORANGE, PALE, PictureError, plain

Curve = dict[int, float]  # by epoch
Dashes = Literal["-", "--", ":"]
TAG = re.compile(r"(train|val|validation|test)[/_](\w+)")
STYLES: dict[str, Dashes] = {"train": "--", "validation": ":", "test": "-"}


@dataclass(frozen=True)
class Run:
    """The numbers that one run left: a curve for each split and measure."""

    label: str
    curves: dict[tuple[str, str], Curve]

    @property
    def measures(self) -> list[str]:
        """What was measured, the loss first."""
        found = dict.fromkeys(measure for _, measure in self.curves)
        return sorted(found, key=lambda name: (name != "loss", name))


def read_runs(folders: Sequence[Path]) -> list[Run]:
    """The runs in these folders, each called by what tells its folder from the others."""
    labels = labels_of([folder.resolve().parts for folder in folders])
    read = (read_run(folder) for folder in folders)
    return [Run(name, curves) for name, curves in zip(labels, read, strict=True)]


def labels_of(paths: Sequence[tuple[str, ...]]) -> list[str]:
    """The parts of each path in which they differ; its last part if it is alone."""
    if len(paths) == 1:
        return [paths[0][-1]]
    shared = set(paths[0]).intersection(*paths[1:])
    own = (["/".join(p for p in path if p not in shared), path[-1]] for path in paths)
    return [label or last for label, last in own]


def read_run(folder: Path) -> dict[tuple[str, str], Curve]:
    """What metrics.csv holds, or else TensorBoard's events. Raises PictureError."""
    table = folder / "metrics.csv"
    curves = read_table(table) if table.exists() else read_events(folder)
    if not curves:
        raise PictureError(
            f"{folder} has neither metrics.csv nor TensorBoard's events."
        )
    return curves


def read_table(path: Path) -> dict[tuple[str, str], Curve]:
    """The columns of a CSV file that are a measure of a split; empty cells are gaps."""
    curves: dict[tuple[str, str], Curve] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for column, text in row.items():
                if (curve := curve_of(column, curves)) is not None and text:
                    curve[int(float(row["epoch"]))] = float(text)
    return curves


def read_events(folder: Path) -> dict[tuple[str, str], Curve]:
    """The scalars in TensorBoard's event files that are a measure of a split."""
    from tensorboard.backend.event_processing import (  # type: ignore[import-untyped, unused-ignore]
        event_accumulator,
    )

    if not any(folder.glob("events.out.tfevents.*")):
        return {}
    events = event_accumulator.EventAccumulator(
        str(folder), size_guidance={"scalars": 0}
    )
    events.Reload()
    curves: dict[tuple[str, str], Curve] = {}
    for tag in events.Tags()["scalars"]:
        if (curve := curve_of(tag, curves)) is not None:
            curve.update((event.step, event.value) for event in events.Scalars(tag))
    return curves


def curve_of(tag: str, curves: dict[tuple[str, str], Curve]) -> Curve | None:
    """The curve that a column or a tag belongs to: ``test/loss``, ``test_loss``."""
    found = TAG.fullmatch(tag)
    if found is None:
        return None
    split = "validation" if found[1] == "val" else found[1]
    return curves.setdefault((split, found[2]), {})


def training_curves(runs: Sequence[Run]) -> Figure:
    """A panel for each measure; a colour for each split or, of several runs, each run."""
    measures = list(dict.fromkeys(name for run in runs for name in run.measures))
    below = 0.25 * math.ceil(len(runs) / 3) if len(runs) > 1 else 0.0
    size = (4.8 * len(measures), 3.6 + below)
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(1, len(measures), squeeze=False)[0]
    for axes, measure in zip(panels, measures, strict=True):
        for run, colour in zip(runs, COLOURS * len(runs), strict=False):
            plot_run(axes, run, measure, colour if len(runs) > 1 else None)
        decorate(axes, measure, runs)
    if len(runs) > 1:
        plot_key(figure, runs)
    else:
        panels[0].legend(frameon=False)
    return figure


def plot_run(axes: Axes, run: Run, measure: str, colour: str | None) -> None:
    """One measure of every split of a run."""
    by_split = {"train": BLUE, "validation": COLOURS[2], "test": ORANGE}
    unit = 100 if measure == "accuracy" else 1
    for split, style in STYLES.items():
        curve = run.curves.get((split, measure), {})
        if not curve:
            continue
        marker = "o" if len(curve) <= 30 else ""
        line = Line2D(
            [], [], color=colour or by_split[split], linestyle=style, marker=marker
        )
        line.set(label=split, markersize=3.5, linewidth=1.6 if split == "test" else 1.1)
        epochs = sorted(curve)
        line.set_data(epochs, [unit * curve[epoch] for epoch in epochs])
        axes.add_line(line)


def decorate(axes: Axes, measure: str, runs: Sequence[Run]) -> None:
    """Titles, labels and limits."""
    units = {"loss": "mean loss per sample", "accuracy": "correct (%)"}
    axes.set(xlabel="epoch", ylabel=units.get(measure, measure))
    axes.set_title(headline(measure, runs))
    axes.autoscale_view()
    last = max(max(curve) for run in runs for curve in run.curves.values() if curve)
    axes.set_xlim(0.5, last + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(color=PALE)
    plain(axes)


def headline(measure: str, runs: Sequence[Run]) -> str:
    """What is shown and, of one run, the best that it reached on test data."""
    test = runs[0].curves.get(("test", measure))
    if len(runs) > 1 or measure != "accuracy" or not test:
        return measure.capitalize()
    best = max(test, key=lambda epoch: (test[epoch], epoch))
    return f"Accuracy: best on test {test[best]:.2%}, epoch {best}"


def plot_key(figure: Figure, runs: Sequence[Run]) -> None:
    """Which colour is which run, and which line which split."""
    colours = zip(runs, COLOURS * len(runs), strict=False)
    lines = [Line2D([], [], color=colour, label=run.label) for run, colour in colours]
    splits = dict.fromkeys(split for run in runs for split, _ in run.curves)
    lines += [Line2D([], [], color=GREY, linestyle=STYLES[s], label=s) for s in splits]
    longest = max(len(run.label) for run in runs)
    columns = min(max(90 // (longest + 8), 1), 5)
    figure.legend(
        handles=lines, loc="outside lower center", ncols=columns, frameon=False
    )
