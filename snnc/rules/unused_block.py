"""unused-block."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import warning
from snnc.source.diagnostic import Diagnostic


class UnusedBlock:
    """A block that no layer and no used block uses.

    Its layers are never checked, so errors stay hidden until somebody uses it. Delete the block, or
    use it where it was meant.
    """

    code: ClassVar[str] = "SNN405"
    name: ClassVar[str] = "unused-block"
    example: ClassVar[str] = """
[blocks.Pair]
layers = [{ kind = "Linear", out_features = 4 }, "LIF"]

[network]
layers = [{ kind = "Linear", out_features = 4 }, "LIF"]
"""
    instead: ClassVar[str] = """
[blocks.Pair]
layers = [{ kind = "Linear", out_features = 4 }, "LIF"]

[network]
layers = ["Pair"]
"""

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each definition without an effect."""
        for block in document.unused_blocks:
            name = block.key.quoted.strip("[]").rpartition(".")[2]
            yield warning(RULE, block, f"`{name}`: no layer uses this block")


RULE = UnusedBlock()
