"""Shapes beside layers, and the names of those that have none of their own."""

from collections.abc import Iterator

from lsprotocol.types import InlayHint, InlayHintKind

from snnc.lsp.analysis import Analysis
from snnc.lsp.chain import NETWORK, Chain, ListedLayer
from snnc.lsp.positions import TextPositions
from snnc.lsp.summary import layer_text, nodes_of
from snnc.shapes import show
from snnc.source.diagnostic import Span


def hints(analysis: Analysis, positions: TextPositions, within: Span) -> Iterator[InlayHint]:
    """The hints of the layers that end in a stretch of the text."""
    if not analysis.sources:
        return
    chain, source = Chain(analysis.sources), analysis.sources[-1]
    owners = [NETWORK, *(("blocks", name) for name in chain.blocks)]
    for owner in owners:
        known = chain.layers(owner, source)
        for entry in known.entries.values() if known else ():
            place = entry.tree.place
            if place.path == source.path and within.start <= place.span.end <= within.end:
                yield from _hint(analysis, positions, entry, in_block=owner != NETWORK)


def _hint(
    analysis: Analysis, positions: TextPositions, entry: ListedLayer, in_block: bool
) -> Iterator[InlayHint]:
    """The shape of a layer; in a block, if it is the same at all uses."""
    nodes = nodes_of(analysis, entry, in_block)
    shapes = {node.shape for node in nodes}
    if len(shapes) != 1:
        return
    name = "" if entry.place else f"{entry.name} "
    yield InlayHint(
        positions.position(entry.tree.place.span.end),
        f"{name}→ {show(shapes.pop())}",
        kind=InlayHintKind.Type,
        tooltip=layer_text(analysis, nodes),
        padding_left=True,
    )
