"""What a conversion has come to: report.md, accuracy.csv, layers.csv and accuracy.png."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import torch
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from ..measures import energy
from ..measures.operations import ADD, MAC
from .activity import Activity
from .transfer import WeightsError

SHOWN = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


@dataclass(frozen=True)
class Result:
    """An SNN by one rule: its accuracy after each step from `first` on, and what it does."""

    rule: str
    first: int
    accuracy: list[float]
    activity: Activity


def vacant(folder: Path, force: bool) -> None:
    """Raises WeightsError if a folder holds a conversion that nobody gave up."""
    if not force and any(
        (folder / name).exists() for name in ("report.md", "report.html", "snn.pt")
    ):
        problem = f"{folder} holds a conversion: --force replaces it"
        raise WeightsError(f"{problem}, --out-dir chooses another folder.")


def save(content: Mapping[str, object], path: Path) -> None:
    """Puts a file of torch.save in its place once it is whole."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        torch.save(content, unfinished)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def write(
    folder: Path,
    title: str,
    settings: dict[str, object],
    ann: float,
    macs: int,
    results: Sequence[Result],
    table: Sequence[tuple[str, str, str, str]],
) -> list[Path]:
    """Writes the files; `ann` is the ANN's accuracy, `macs` what it takes a sample."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        [f"# {title}", ""],
        [f"* {name}: {value}" for name, value in settings.items()],
        ["", f"The ANN: {ann:.2%}, {macs:,} multiply-accumulates a sample.", ""],
        accuracy_table(results),
        operations_table(macs, results),
        layers_table(results),
        graph_table(table),
    ]
    report = folder / "report.md"
    report.write_text(
        "\n".join(line for part in parts for line in part) + "\n", "utf-8"
    )
    files = [report, folder / "accuracy.csv", folder / "layers.csv"]
    with files[1].open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(accuracy_rows(ann, results))
    with files[2].open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(layer_rows(results))
    files.append(folder / "accuracy.png")
    picture(title, ann, results).savefig(files[-1], dpi=150)
    return files


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def accuracy_table(results: Sequence[Result]) -> Iterator[str]:
    """Accuracy after some of the steps."""
    steps = steps_shown(results[0])
    yield from ("## Accuracy after t steps", "")
    rows = [
        [r.rule, *(f"{r.accuracy[t - r.first]:.2%}" for t in steps)] for r in results
    ]
    yield from markdown(["rule", *(f"t = {t}" for t in steps)], rows)


def steps_shown(result: Result) -> list[int]:
    """Those of the steps that a table has: powers of two, and the last."""
    last = result.first + len(result.accuracy) - 1
    return [*(t for t in SHOWN if result.first <= t < last), last]


def operations_table(macs: int, results: Sequence[Result]) -> Iterator[str]:
    """What a sample costs, under constants that are stated."""
    yield from ("## Operations a sample", "")
    rows = [["the ANN", "", f"{macs:,}", "", f"{energy(macs, 0) / 1e6:.3f}"]]
    for r in results:
        spikes = sum(layer.spikes for layer in r.activity.layers)
        once, added = r.activity.macs, r.activity.operations
        cost = f"{energy(once, added) / 1e6:.3f}"
        numbers = [f"{spikes:,.0f}", f"{once:,.0f}", f"{added:,.0f}", cost]
        rows.append([r.rule, *numbers])
    head = ["", "spikes", "multiply-accumulates", "synaptic additions", "µJ"]
    yield from markdown(head, rows)
    yield f"Means of {results[0].activity.samples} samples, at {MAC} pJ a multiply-accumulate and"
    yield f"{ADD} pJ an addition (float32, 45 nm); memory, which costs more, is not counted."
    yield ""


def layers_table(results: Sequence[Result]) -> Iterator[str]:
    """What each layer does under the first rule."""
    first = results[0]
    yield from (f"## Layers under {first.rule}", "")
    rows = [
        [
            y.name,
            f"{y.neurons:,}",
            f"{y.rate:.4f}",
            f"{y.spikes:,.0f}",
            f"{y.error:.2%}" if isfinite(y.error) else "the ANN is silent",
        ]
        for y in first.activity.layers
    ]
    head = ["layer", "neurons", "spikes a step", "spikes a sample", "error of the rate"]
    yield from markdown(head, rows)
    yield "The error is the mean distance of a neuron's rate, in the unit of the activation,"
    yield from ("from the ANN's value, as a share of the mean value.", "")


def graph_table(table: Sequence[tuple[str, str, str, str]]) -> Iterator[str]:
    """The converted graph."""
    yield from ("## The converted network", "")
    yield from markdown(["name", "kind", "target", "inputs"], table)


def accuracy_rows(ann: float, results: Sequence[Result]) -> Iterator[list[object]]:
    """A row for each step."""
    yield ["step", "ann", *(result.rule for result in results)]
    columns = zip(*(result.accuracy for result in results), strict=True)
    for step, row in enumerate(columns, results[0].first):
        yield [step, ann, *row]


def layer_rows(results: Sequence[Result]) -> Iterator[list[object]]:
    """A row for each layer and rule."""
    yield ["rule", "layer", "neurons", "rate", "spikes", "error"]
    for result in results:
        for layer in result.activity.layers:
            yield [result.rule, *layer]


def picture(title: str, ann: float, results: Sequence[Result]) -> Figure:
    """Accuracy over the steps, a line for each rule, and the ANN's."""
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    axes = figure.subplots()
    axes.axhline(
        ann, color="black", linestyle="--", linewidth=1, label=f"ANN {ann:.2%}"
    )
    for result in results:
        steps = range(result.first, result.first + len(result.accuracy))
        marker = "." if len(steps) < 20 else None
        axes.plot(steps, result.accuracy, label=result.rule, marker=marker)
    axes.set(title=title, xlabel="time steps", ylabel="accuracy on the test samples")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.grid(alpha=0.3)
    axes.legend()
    return figure
