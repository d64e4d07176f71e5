"""The files of an evaluation: one page, JSON with everything, and a CSV of each table."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..training.files import FileError, reason, replace
from .pages import Report, html

Table = Sequence[Mapping[str, Any]]


def write(folder: Path, report: Report) -> list[str]:
    """Writes all files, each in place of one of that name; returns their names.

    Raises FileError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{folder} cannot be made: {reason(error)}.") from error
    texts = {
        "report.html": html(report),
        "evaluation.json": json.dumps(everything(report), indent=1) + "\n",
        **{name: text(table) for name, table in tables(report) if table},
    }
    for name, content in texts.items():
        replace(folder / name, content.encode())
    return [*texts]


def tables(report: Report) -> Iterator[tuple[str, Table]]:
    """Each table by the name of its file; empty ones are not written."""
    names, results = report.subject.labels, report.results
    yield "steps.csv", [result.row for result in results]
    yield (
        "layers.csv",
        [row for result in results for row in result.layers(report.rows)],
    )
    yield "samples.csv", [row for result in results for row in result.each(names)]
    if results[-1].answers is not None:
        counts, classes = results[-1].classes(names)
        yield "classes.csv", classes
        yield (
            "confusion.csv",
            [
                {"label": name, **dict(zip(names, row, strict=True))}
                for name, row in zip(names, counts, strict=True)
            ],
        )


def text(table: Table) -> str:
    """A table as CSV; numbers have all of their digits."""
    columns = list(dict.fromkeys(name for row in table for name in row))
    out = io.StringIO(newline="")
    rows = csv.DictWriter(out, columns)
    rows.writeheader()
    rows.writerows(table)
    return out.getvalue()


def everything(report: Report) -> dict[str, Any]:
    """What the JSON holds."""
    names = report.subject.labels
    return {
        "network": report.subject.name,
        "weights": str(report.evaluated.path),
        "split": report.split,
        "limited": report.limited,
        "settings": dict(vars(report.settings)),
        "ann": report.ann,
        "energy": report.energy,
        "results": [
            {
                **result.row,
                "counted": result.counted,
                "layers": [*result.layers(report.rows)],
                "classes": result.classes(names)[1],
                "confusion": result.classes(names)[0],
                "calibration": [one._asdict() for one in result.bins],
            }
            for result in report.results
        ],
    }
