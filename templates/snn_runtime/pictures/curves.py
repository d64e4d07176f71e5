"""Training curves: loss and accuracy over the epochs, of one run or of several."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ..measures import best_epoch, judge
from .key import SIZE, Key, fitted
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
    """The words of each path that the others do not share; its last part if it is alone.

    Words are what "_" separates in the names of folders. Where they do not tell two runs
    apart, the parts of the paths do.
    """
    if len(paths) == 1:
        return [paths[0][-1]]
    words = [[part.split("_") for part in path] for path in paths]
    found = unshared(words) if all(map(any, paths)) else []
    by_words = ["/".join("_".join(part) for part in path if part) for path in found]
    if all(by_words) and len(set(by_words)) == len(paths):
        return by_words
    parts = unshared([[[part] for part in path] for path in paths])
    own = ("/".join(word for part in path for word in part) for path in parts)
    return [label or path[-1] for label, path in zip(own, paths, strict=True)]


def unshared(paths: Sequence[Sequence[Sequence[str]]]) -> list[list[list[str]]]:
    """The words of the parts of each path, without those that are in all paths."""
    held = [{word for part in path for word in part} for path in paths]
    shared = set.intersection(*held)
    return [[[w for w in part if w not in shared] for part in path] for path in paths]


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


def training_curves(
    runs: Sequence[Run], metric: str = "accuracy", sign: int = 1
) -> Figure:
    """A panel for each measure; a colour for each split or, of several runs, each run.

    The best epoch of one run is marked: by ``metric``, of which more is better if ``sign``
    is 1, less if it is -1.
    """
    measures = list(dict.fromkeys(name for run in runs for name in run.measures))
    width, labels = 4.8 * len(measures), [run.label for run in runs]
    key = fitted(labels, len(splits_of(runs)), width) if len(runs) > 1 else None
    size = (width, 3.6 + (key.height if key else 0.0))
    figure = Figure(figsize=size, layout="constrained")
    panels = figure.subplots(1, len(measures), squeeze=False)[0]
    best = Best.of(runs[0], metric, sign) if len(runs) == 1 else None
    for axes, measure in zip(panels, measures, strict=True):
        for run, colour in zip(runs, COLOURS * len(runs), strict=False):
            plot_run(axes, run, measure, colour if len(runs) > 1 else None)
        decorate(axes, measure, runs, best)
    if key:
        plot_key(figure, runs, key)
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


def decorate(
    axes: Axes, measure: str, runs: Sequence[Run], best: "Best | None"
) -> None:
    """Titles, labels and limits."""
    units = {"loss": "mean loss per sample", "accuracy": "correct (%)"}
    axes.set(xlabel="epoch", ylabel=units.get(measure, measure))
    told = best is not None and best.metric == measure
    axes.set_title(best.title if best and told else measure.capitalize())
    axes.autoscale_view()
    last = max(max(curve) for run in runs for curve in run.curves.values() if curve)
    axes.set_xlim(0.5, last + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(color=PALE)
    if best:
        axes.axvline(best.epoch, color=GREY, linewidth=1, zorder=1.6)
    plain(axes)


@dataclass(frozen=True)
class Best:
    """The epoch whose network train.py keeps as the best, and what it reached on test data."""

    metric: str
    split: str
    epoch: int
    value: float

    @classmethod
    def of(cls, run: Run, metric: str, sign: int) -> "Best | None":
        """By the rule of training; None of a run without that metric."""
        splits = [split for split, name in run.curves if name == metric]
        split = judge(splits)
        curve = run.curves.get((split, metric))
        if not curve:
            return None
        epoch = best_epoch(curve, sign)
        test = run.curves.get(("test", metric), {})
        return cls(metric, split, epoch, test.get(epoch, curve[epoch]))

    @property
    def title(self) -> str:
        """``Accuracy: 97.50% on test``; below it ``epoch 7, the best on validation``."""
        value = (
            f"{self.value:.2%}" if self.metric == "accuracy" else f"{self.value:.4g}"
        )
        head = f"{self.metric.capitalize()}: {value} on test"
        return f"{head}\nepoch {self.epoch}, the best on {self.split}"


def splits_of(runs: Sequence[Run]) -> list[str]:
    """Each split of any of the runs."""
    return list(dict.fromkeys(split for run in runs for split, _ in run.curves))


def plot_key(figure: Figure, runs: Sequence[Run], key: Key) -> None:
    """Which colour is which run, and which line which split."""
    colours = zip(key.labels, COLOURS * len(runs), strict=False)
    lines = [Line2D([], [], color=colour, label=label) for label, colour in colours]
    splits = splits_of(runs)
    lines += [Line2D([], [], color=GREY, linestyle=STYLES[s], label=s) for s in splits]
    figure.legend(
        handles=lines,
        loc="outside lower center",
        ncols=key.columns,
        frameon=False,
        fontsize=SIZE,
    )
