"""``snnc show``: the placement of every layer, for people and for programs."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from snnc.layer import show
from snnc.program.placement import Placed, placement
from snnc.program.types import Program

_TITLES = {
    "before": "before time: computed once",
    "time": "over time: at each of T = {steps} steps",
    "after": "after time: computed once",
}
_HEAD = ("layer", "kind", "shape", "parameters", "MACs, T times", "MACs, here", "why")
_RIGHT = frozenset({3, 4, 5})


def as_text(program: Program) -> str:
    """A table in three parts, and what hoisting saved."""
    rows = placement(program)
    steps = program.graph.time_steps
    cells = [_cells(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(_HEAD, *cells, strict=True)]
    lines = [f"{program.graph.name}, T = {steps}", "", f"    {_line(_HEAD, widths)}"]
    for region, title in _TITLES.items():
        inside = [c for c, row in zip(cells, rows, strict=True) if row.region == region]
        if inside:
            lines += [title.format(steps=steps), *(f"    {_line(c, widths)}" for c in inside)]
    return "\n".join([*lines, "", *_summary(rows), ""])


def as_json(program: Program) -> str:
    """The same as JSON: one object a layer."""
    layers = [asdict(row) for row in placement(program)]
    head = {"name": program.graph.name, "time_steps": program.graph.time_steps}
    return json.dumps({**head, "layers": layers}, indent=2) + "\n"


def _cells(row: Placed) -> tuple[str, ...]:
    counts = (row.parameters, row.macs_before, row.macs_after)
    numbers = (f"{count:,}" if count else "" for count in counts)
    return row.name, row.kind, show(row.shape), *numbers, row.reason


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Numbers to the right; the last column is as long as it is."""
    padded = [
        cell.rjust(width) if at in _RIGHT else cell.ljust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(padded).rstrip()


def _summary(rows: Sequence[Placed]) -> Iterator[str]:
    parameters = sum(row.parameters for row in rows)
    before = sum(row.macs_before for row in rows)
    after = sum(row.macs_after for row in rows)
    yield f"{parameters:,} parameters"
    yield hoisted(rows)
    share = f" ({1 - after / before:.1%} saved)" if before else ""
    yield f"{before:,} MACs a sample as written, {after:,} as compiled{share}"


def hoisted(rows: Sequence[Placed]) -> str:
    """One sentence: what is computed once instead of T times."""
    names = [r.name for r in rows if r.region == "before" and (r.parameters or r.macs_before)]
    if not names:
        return "nothing is hoisted out of time"
    return f"hoisted out of time: {', '.join(names)}"
