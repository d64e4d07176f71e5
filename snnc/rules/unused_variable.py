"""unused-variable."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import warning
from snnc.source.diagnostic import Diagnostic


class UnusedVariable:
    """A variable that nothing uses.

    A later change of the variable would change nothing. Delete it, or write ``"$name"`` where it
    was meant.
    """

    code: ClassVar[str] = "SNN403"
    name: ClassVar[str] = "unused-variable"
    example: ClassVar[str] = """
[vars]
channels = 64

[network]
layers = [{ kind = "Linear", out_features = 4 }, "LIF"]
"""
    instead: ClassVar[str] = """
[vars]
channels = 64

[network]
layers = [{ kind = "Linear", out_features = "$channels" }, "LIF"]
"""

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each entry of the table without an effect."""
        for entry in document.unused_vars:
            yield warning(RULE, entry, f"`{entry.key.quoted}`: nothing uses this variable")


RULE = UnusedVariable()
