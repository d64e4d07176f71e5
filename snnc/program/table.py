"""The table of shapes that heads a generated class."""

from collections.abc import Iterable, Iterator

from snnc.graph.types import Graph
from snnc.program.placement import Placed
from snnc.shapes import show

_WHERE = {
    "before": "once",
    "time": "at every time step",
    "after": "once, after the last step",
    "dropped": "not run",
}


def shape_table(graph: Graph, placed: Iterable[Placed]) -> Iterator[str]:
    """One line a layer in the order of the spec: name, kind, shape, parameters, region."""
    rows = {row.name: row for row in placed}
    cells = [_cells(rows[node.path]) for node in graph.nodes]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for name, kind, shape, count, where in cells:
        left = f"{name:<{widths[0]}}  {kind:<{widths[1]}}  {shape:<{widths[2]}}"
        yield f"{left}  {count:>{widths[3]}}  {where}"


def _cells(row: Placed) -> tuple[str, str, str, str, str]:
    count = f"{row.parameters:,}" if row.parameters else ""
    return row.name, row.kind, show(row.shape), count, _WHERE[row.region]
