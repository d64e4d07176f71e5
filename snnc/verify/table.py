"""Rows as a table for people, and as JSON."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from snnc.graph.types import Graph
from snnc.verify.compare import What
from snnc.verify.run import ComparisonRow

HEAD = (
    "schedule", "variant", "backend", "mode", "numbers", "forward", "gradients", "statistics", "",
)  # fmt: skip
_WIDTHS = (8, 11, 7, 5, 8, 8, 9, 10, 0)


def line(row: ComparisonRow | None) -> str:
    """A row as one line, or two if it differs; the heading for None."""
    cells = HEAD if row is None else _cells(row)
    text = "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, _WIDTHS, strict=True))
    more = f"\n    {row.finding}" if row and row.finding else ""
    return f"{text.rstrip()}{more}\n"


def _cells(row: ComparisonRow) -> tuple[str, ...]:
    made = row.configuration
    start = made.schedule, made.variant or "-", made.backend
    if row.same_as is not None:
        return *start, f"the same code as {row.same_as}", "", "", "", "", ""
    forward, gradients, statistics = amounts(row)
    verdict = "DIFFERS" if row.finding else "ok" if row.largest else "-"
    return *start, row.mode, row.numbers, forward, gradients, statistics, verdict


def amounts(row: ComparisonRow) -> tuple[str, str, str]:
    """The largest difference of outputs and values, of gradients and of statistics."""
    return (
        _largest(row, "outputs", "values"),
        _largest(row, "gradients"),
        _largest(row, "statistics"),
    )


def _largest(row: ComparisonRow, *what: What) -> str:
    found = [row.largest[name] for name in what if name in row.largest]
    return "-" if not found else f"{max(found):.1e}" if max(found) else "0"


def summary(rows: Sequence[ComparisonRow]) -> str:
    """``12 comparisons, all equal``."""
    compared = [row for row in rows if row.same_as is None]
    wrong = sum(bool(row.finding) for row in compared)
    count = f"{len(compared)} comparison{'s' if len(compared) != 1 else ''}"
    return f"{wrong} of {count} differ" if wrong else f"{count}, all equal"


def as_json(rows: Sequence[ComparisonRow], warnings: Sequence[str]) -> str:
    """All of it as one object."""
    found = {"rows": [*map(_object, rows)], "warnings": [*warnings]}
    return f"{json.dumps(found, indent=2)}\n"


def _object(row: ComparisonRow) -> Mapping[str, Any]:
    made = row.configuration
    return {
        "schedule": made.schedule,
        "without": list(made.without),
        "time_chunk": made.chunk or None,
        "backend": made.backend,
        "mode": row.mode,
        "numbers": row.numbers,
        "largest": {what: min(amount, 1e308) for what, amount in row.largest.items()},
        "same_as": str(row.same_as) if row.same_as else None,
        "finding": row.finding,
    }


def head(graph: Graph, batch: int, seed: int) -> str:
    """The lines above the table."""
    steps = graph.time_steps
    return (
        f"{graph.name}: generated code compared with the reference, T = {steps}, B = {batch} and "
        f"smaller, seed {seed}\n"
    )
