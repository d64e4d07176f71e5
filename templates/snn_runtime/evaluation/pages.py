"""report.html: an evaluation as one page."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..measures import ENERGY
from ..page import (
    Markup,
    Row,
    facts,
    matrix,
    network_sections,
    note,
    page,
    picture,
    section,
    table,
)
from ..training import Settings
from ..training.score import shown
from .results import Result
from .subject import Drawn, Subject
from .weights import Evaluated

MOST_CLASSES = 50  # that a matrix shows; confusion.csv has all
DPI = 80
TITLES = {
    "curves": "How the network learned",
    "activity": "The last layer of neurons with one sample",
    "neuron": "One neuron over time",
    "rates": "Firing rates of all layers with one sample",
    "feature_maps": "Feature maps: firing rates over the image",
}


@dataclass(frozen=True)
class Report:
    """All that an evaluation found; the pictures are PNGs by their titles."""

    subject: Subject
    evaluated: Evaluated
    settings: Settings
    split: str
    ann: Mapping[str, float] | None
    results: Sequence[Result]
    rows: Sequence[Row]
    pictures: Sequence[tuple[str, bytes]]

    energy = f"{ENERGY}; memory is left out"

    @property
    def limited(self) -> bool:
        """Whether only the first samples of the split were evaluated."""
        return self.settings.limit is not None

    @property
    def samples(self) -> str:
        """Which samples were evaluated, and whether these are all."""
        count = self.results[0].samples
        if self.limited:
            return f"{self.split}: the first {count:,} samples only (limited)"
        return f"{self.split}: all {count:,} samples"


def drawn(figures: Drawn) -> Iterator[tuple[str, bytes]]:
    """Each figure as a PNG, under its title."""
    for name, figure in figures:
        content = io.BytesIO()
        figure.savefig(content, dpi=DPI, format="png")
        title = next((t for key, t in TITLES.items() if name.startswith(key)), name)
        yield title, content.getvalue()


def html(report: Report) -> str:
    """The text of the page."""
    last = report.results[-1]
    parts = [
        section("Over time steps", *over_steps(report)),
        *(answers(report, last) if last.answers is not None else ()),
        section("Layers", *layers(report, last)),
        section("Pictures", *(picture(title, png) for title, png in report.pictures)),
        *network_sections(report.rows, last.time_steps, report.subject.network.spec),
        section("Settings", facts(told(report))),
    ]
    title = f"{report.subject.name} on {report.split} samples"
    return page(title, lead(report, last), parts)


def lead(report: Report, last: Result) -> Markup:
    """What matters most."""
    pairs: dict[str, object] = {
        "samples": report.samples,
        "time steps": last.time_steps,
    }
    pairs |= {name: shown(name, number) for name, number in last.numbers.items()}
    if last.interval:
        pairs["95 % confidence interval"] = "{:.2%} to {:.2%}".format(*last.interval)
    if report.ann:
        ann = (f"{name} {shown(name, number)}" for name, number in report.ann.items())
        pairs["the ANN"] = ", ".join(ann)
    row = last.row
    pairs["spikes a sample"] = f"{row['spikes']:,.0f}"
    pairs["synaptic operations a sample"] = f"{row['synaptic_operations']:,.0f}"
    pairs["MACs a sample"] = f"{row['macs']:,.0f}"
    pairs["energy a sample"] = f"{row['energy_nJ']:,.1f} nJ"
    return facts(pairs)


def over_steps(report: Report) -> Iterator[Markup]:
    """A row for each number of time steps."""
    rows: list[dict[str, Any]] = [result.row for result in report.results]
    head = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    words = {"time_steps": "T", "low": "95 % from", "high": "95 % to", "macs": "MACs"}
    words |= {"energy_nJ": "energy, nJ", "calibration_error": "calibration error"}
    names = [words.get(name, name.replace("_", " ")) for name in head]
    yield table(names, [[row[name] for name in head] for row in rows])
    count = report.results[-1].counted
    yield note(
        f"Spikes, operations and energy are means of {count:,} samples, for one sample."
    )
    yield note(
        "A synaptic operation is an addition that a spike causes; MACs are the multiply-"
        "accumulates of layers that read something else. Both count whole layers, as the network "
        f"is described. Energy: {report.energy}."
    )
    if any(result.interval for result in report.results):
        yield note("The interval is that of Wilson (1927).")


def answers(report: Report, last: Result) -> Iterator[Markup]:
    """Classes, the matrix, and calibration, at the last number of time steps."""
    names = report.subject.labels
    counts, classes = last.classes(names)
    head = ["class", "cases", "answered", "precision", "recall", "F1"]
    yield section("Classes", table(head, [[*each.values()] for each in classes]))
    if len(names) <= MOST_CLASSES:
        yield section("Confusion matrix", matrix(names, counts, "label", "answer"))
    if not last.bins:
        return
    error = last.row["calibration_error"]
    cells = [
        [f"{b.low:.2f} to {b.high:.2f}", b.cases, b.confidence, b.accuracy]
        for b in last.bins
    ]
    yield section(
        "Calibration",
        note(
            f"The expected calibration error is {error:.4f}: the mean distance of confidence, which "
            "is the softmax at the answer, and accuracy (Guo et al., ICML 2017; 15 bins)."
        ),
        table(["confidence", "cases", "mean confidence", "accuracy"], cells),
    )


def layers(report: Report, last: Result) -> Iterator[Markup]:
    """What each layer does for a sample, at the last number of time steps."""
    rows = [*last.layers(report.rows)]
    head = [
        "layer",
        "kind",
        "neurons",
        "spikes a step",
        "spikes",
        "synaptic operations",
        "MACs",
    ]
    cells: list[list[Any]] = [[*row.values()][1:] for row in rows]
    yield note(
        f"Means of {last.counted:,} samples, for one sample at T = {last.time_steps}."
    )
    yield table([*head, "energy, nJ"], cells)


def words(value: object) -> object:
    """A setting as people read it: ``Adam, lr 0.002``."""
    if not isinstance(value, Mapping):
        return value
    rest = [f"{name} {each}" for name, each in value.items() if name != "kind"]
    return ", ".join([str(value["kind"]), *rest])


def told(report: Report) -> dict[str, object]:
    """The settings and the file."""
    settings: Iterable[tuple[str, object]] = vars(report.settings).items()
    found = {name: words(value) for name, value in settings if value is not None}
    return {"weights": report.evaluated.path, "split": report.split, **found}
