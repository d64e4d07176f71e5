"""The rows of the runs as a table for people, as CSV or as JSON."""

import csv
import io
import json
from collections.abc import Iterator, Sequence

from .comparing import Cell

Row = dict[str, Cell]


def as_table(rows: Sequence[Row]) -> str:
    """Columns one below the other; numbers end at the same place."""
    names = [*dict.fromkeys(name for row in rows for name in row)]
    texts = [[shown(name, row.get(name)) for name in names] for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *texts)]
    right = [numeric(row.get(name) for row in rows) for name in names]
    return "".join(line(each, widths, right) for each in [names, *texts])


def line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    """One line of a table."""
    placed = (
        cell.rjust(width) if number else cell.ljust(width)
        for cell, width, number in zip(cells, widths, right)
    )
    return "  ".join(placed).rstrip() + "\n"


def numeric(column: Iterator[Cell]) -> bool:
    """Whether a column holds numbers only, and at least one."""
    found = [value for value in column if value is not None]
    return bool(found) and all(isinstance(value, (int, float)) for value in found)


def shown(name: str, value: Cell) -> str:
    """A cell as people read it: accuracies in percent, other numbers with few digits."""
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float):
        return f"{value:.2%}" if name.endswith("/accuracy") else f"{value:.6g}"
    return "" if value is None else str(value)


def as_csv(rows: Sequence[Row]) -> str:
    """All digits, a line for each run."""
    text = io.StringIO(newline="")
    names = [*dict.fromkeys(name for row in rows for name in row)]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        said = {k: json.dumps(v) for k, v in row.items() if isinstance(v, bool)}
        writer.writerow({**row, **said})
    return text.getvalue()


def as_json(rows: Sequence[Row]) -> str:
    """A list of objects."""
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


FORMATS = {"table": as_table, "csv": as_csv, "json": as_json}
