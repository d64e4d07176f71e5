"""Tables whose columns can be sorted, and the matrix of a classifier."""

from collections.abc import Iterable, Sequence

from .markup import Markup, escaped

Cell = object
"""A number, text, or None; anything else is shown as its text."""


def table(
    head: Sequence[str], rows: Sequence[Sequence[Cell]], caption: str = ""
) -> Markup:
    """A table; numbers are right-aligned, and a click on a heading sorts by its column.

    None is a cell without a value. A float is shown with four digits, and sorts by all.
    """
    numeric = [is_numeric(row[at] for row in rows) for at in range(len(head))]
    top = "".join(
        heading(name, number) for name, number in zip(head, numeric, strict=True)
    )
    body = "\n".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows)
    said = f"<caption>{escaped(caption)}</caption>" if caption else ""
    inside = f"{said}<thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody>"
    return Markup(f'<div class="wide"><table class="sortable">{inside}</table></div>')


def is_numeric(column: Iterable[Cell]) -> bool:
    """Whether a column holds numbers, and nothing else but cells without a value."""
    found = [value for value in column if value is not None]
    return bool(found) and all(isinstance(value, (int, float)) for value in found)


def heading(name: str, number: bool) -> str:
    """The head of a column, which is a button for the keyboard too."""
    kind = ' class="number"' if number else ""
    return f'<th scope="col"{kind}><button type="button">{escaped(name)}</button></th>'


def cell(value: Cell) -> str:
    """One cell; its exact number is there for sorting."""
    if value is None:
        return "<td></td>"
    if not isinstance(value, (int, float)):
        return f"<td>{escaped(value)}</td>"
    return f'<td class="number" data-value="{value!r}">{shown(value)}</td>'


def shown(value: float) -> str:
    """A number as people read it: 12,345 or 0.1235."""
    if isinstance(value, int) or value.is_integer():
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"


def matrix(
    names: Sequence[str], counts: Sequence[Sequence[int]], rows: str, columns: str
) -> Markup:
    """Counts by two classes, [rows, columns]; the darker a cell, the larger its share of a row."""
    top = "".join(f'<th scope="col">{escaped(name)}</th>' for name in names)
    body = []
    for at, (name, row) in enumerate(zip(names, counts, strict=True)):
        whole = max(1, sum(row))
        cells = "".join(
            shaded(n, n / whole, at == column) for column, n in enumerate(row)
        )
        body.append(f'<tr><th scope="row">{escaped(name)}</th>{cells}</tr>')
    corner = f"<th>{escaped(rows)} ↓ &nbsp; {escaped(columns)} →</th>"
    lines = "\n".join(body)
    inside = f"<thead><tr>{corner}{top}</tr></thead>\n<tbody>\n{lines}\n</tbody>"
    return Markup(f'<div class="wide"><table class="matrix">{inside}</table></div>')


def shaded(count: int, share: float, right: bool) -> str:
    """A cell of the matrix: blue on the diagonal, orange beside it."""
    colour = "0, 114, 178" if right else "213, 94, 0"
    style = f' style="background: rgba({colour}, {share:.3f})"' if count else ""
    dark = ' class="dark"' if share > 0.6 else ""
    return f"<td{style}{dark}>{count:,}</td>" if count else "<td></td>"
