"""Limits on the size of a document after its blocks are expanded.

Ten levels of blocks with ten uses each would otherwise make ten thousand million layers.
"""

from collections.abc import Mapping

from snnc.resolve.growth import Growth, size
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.tree import Tree

MOST_LAYERS = 20_000
MOST_VALUES = 1_000_000


class Budget:
    """Counts what is made, absent layers too, and refuses to go on beyond the limits."""

    def __init__(self) -> None:
        self.layers = self.values = 0

    def spend(self, entry: Tree, sizes: Mapping[str, Growth], at: Tree, times: int = 1) -> None:
        """Counts an entry before it is made. Raises Findings."""
        self.layers += times
        self.values += times * size(entry, sizes).values
        if self.layers > MOST_LAYERS:
            raise _too_large(f"the blocks would make more than {MOST_LAYERS} layers", at)
        if self.values > MOST_VALUES:
            raise _too_large(f"the blocks would make more than {MOST_VALUES} values", at)


def _too_large(message: str, at: Tree) -> Findings:
    return Findings(Diagnostic("SNN212", "too-large", message, at.place, None, at.notes))
