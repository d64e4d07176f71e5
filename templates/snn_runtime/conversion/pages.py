"""The report of a conversion as one page: report.html."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from pathlib import Path

from ..measures import ENERGY, energy
from ..page import (
    Markup,
    Row,
    facts,
    network_sections,
    note,
    page,
    picture,
    section,
    table,
)
from .report import Result, steps_shown


def publish(
    folder: Path,
    title: str,
    settings: Mapping[str, object],
    ann: float,
    results: Sequence[Result],
    rows: Sequence[Row],
    spec: str,
) -> Path:
    """Writes the page, with the pictures that are in the folder; `ann` is the ANN's accuracy."""
    first = results[0]
    steps = first.first + len(first.accuracy) - 1
    lead = facts(
        {
            "the ANN": f"{ann:.2%}",
            f"the SNN by {first.rule}, T = {steps}": f"{first.accuracy[-1]:.2%}",
            "test samples": settings["test samples"],
        }
    )
    parts = [
        section("Accuracy after t steps", accuracy(ann, results)),
        section("Operations a sample", *operations(rows, results)),
        section(f"Layers under {first.rule}", *layers(first)),
        section("Pictures", *pictures(folder)),
        *network_sections(rows, steps, spec),
        section("Settings", facts(settings)),
    ]
    path = folder / "report.html"
    path.write_text(page(title, lead, parts), "utf-8")
    return path


def accuracy(ann: float, results: Sequence[Result]) -> Markup:
    """A row for each rule; the numbers of all steps are in accuracy.csv."""
    steps = steps_shown(results[0])
    cells = [
        [r.rule, *(100 * r.accuracy[t - r.first] for t in steps), 100 * ann]
        for r in results
    ]
    head = ["rule", *(f"t = {t}, %" for t in steps), "the ANN, %"]
    return table(head, cells)


def operations(rows: Sequence[Row], results: Sequence[Result]) -> Iterator[Markup]:
    """What a sample costs, the ANN first."""
    macs = sum(row.macs for row in rows)
    cells: list[list[object]] = [["the ANN", None, macs, None, energy(macs, 0) / 1e6]]
    for r in results:
        done, fired = r.activity, sum(layer.spikes for layer in r.activity.layers)
        cost = energy(done.macs, done.operations) / 1e6
        cells.append([r.rule, fired, done.macs, done.operations, cost])
    yield table(["", "spikes", "MACs", "synaptic operations", "µJ"], cells)
    samples = results[0].activity.samples
    yield note(
        f"Means of {samples} samples, at {ENERGY}. Memory, which costs more, is left out."
    )


def layers(result: Result) -> Iterator[Markup]:
    """What the neurons of each layer do."""
    cells: list[list[object]] = [
        [
            y.name,
            y.neurons,
            y.rate,
            y.spikes,
            100 * y.error if isfinite(y.error) else None,
        ]
        for y in result.activity.layers
    ]
    head = [
        "layer",
        "neurons",
        "spikes a step",
        "spikes a sample",
        "error of the rate, %",
    ]
    yield table(head, cells)
    yield note(
        "The error is the mean distance of a neuron's rate, in the unit of the activation, from "
        "the ANN's value, as a share of the mean value. It is empty if the ANN is silent."
    )


def pictures(folder: Path) -> Iterator[Markup]:
    """Those that were drawn."""
    titles = {
        "accuracy.png": "Accuracy after each time step",
        "rate.png": "The mean output of one neuron beside ReLU",
    }
    for name, title in titles.items():
        if (folder / name).is_file():
            yield picture(title, (folder / name).read_bytes())
