"""A layer in a few lines of Markdown: its shape, its place in time and its costs."""

from collections.abc import Iterator, Sequence

from lsprotocol.types import MarkupContent, MarkupKind

from snnc.blocks import Repeat, Use
from snnc.graph.types import Node
from snnc.lsp.analysis import Analysis
from snnc.lsp.chain import ListedLayer
from snnc.program.placement import Placed
from snnc.shapes import show

MOST = 6
"""Layers of a block that are shown each."""
_REGIONS = {
    "before": "before the time loop, once",
    "time": "in the time loop, at each of T = {steps} steps",
    "after": "after the time loop, once",
    "dropped": "not computed",
}


def nodes_of(analysis: Analysis, entry: ListedLayer, in_block: bool) -> tuple[Node, ...]:
    """The layers that an entry of a list became; of a use of a block, the one that is its value."""
    place = entry.tree.place
    nodes = analysis.nodes.get((place.path, place.span.start), ())
    if in_block or analysis.document is None or analysis.graph is None:
        return nodes
    value = _value(analysis, entry.name)
    known = {node.path: node for node in nodes}
    if value is None:
        return (known[entry.name],) if entry.name in known else ()
    return (known[value],) if value in known else ()


def _value(analysis: Analysis, path: str) -> str | None:
    """The layer that is the value of a use or a repetition; None if it is neither."""
    blocks = analysis.document.blocks if analysis.document else {}
    container = blocks.get(path)
    if isinstance(container, Repeat):
        last = f"{path}.{container.length - 1}"
        return _value(analysis, last) or last
    return container.value.partition("@")[0] if isinstance(container, Use) else None


def layer_text(analysis: Analysis, nodes: Sequence[Node]) -> MarkupContent:
    """The layers, each with a heading if there are several."""
    parts = [_of(analysis, node) for node in nodes[:MOST]]
    more = [f"… and {len(nodes) - MOST} more"] if len(nodes) > MOST else []
    return MarkupContent(MarkupKind.Markdown, "\n\n".join([*parts, *more]))


def _of(analysis: Analysis, node: Node) -> str:
    inputs = " and ".join(show(shape) for shape in node.shapes)
    head = f"**{node.path}** `{inputs} → {show(node.shape)}`"
    row = analysis.placed.get(node.path)
    steps = analysis.graph.time_steps if analysis.graph else 0
    return "  \n".join([head, *(_costs(row, steps) if row else ())])


def _costs(row: Placed, steps: int) -> Iterator[str]:
    """The place in time with its reason, parameters and multiply-accumulates."""
    yield f"{_REGIONS[row.region].format(steps=steps)}: {row.reason}"
    if row.parameters:
        yield f"{row.parameters:,} parameters"
    if row.macs_before:
        saved = f", {row.macs_before:,} without hoisting" * (row.macs_before != row.macs_after)
        yield f"{row.macs_after:,} MACs a sample{saved}"
