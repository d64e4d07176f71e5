"""unused-default."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import warning
from snnc.source.diagnostic import Diagnostic


class UnusedDefault:
    """Defaults of a kind that no layer has.

    The defaults change nothing. Delete them, or correct the kind.
    """

    code: ClassVar[str] = "SNN404"
    name: ClassVar[str] = "unused-default"
    example: ClassVar[str] = """
[defaults]
Conv2d = { kernel_size = 3 }

[network]
layers = [{ kind = "Linear", out_features = 4 }, "LIF"]
"""
    instead: ClassVar[str] = """
[defaults]
Linear = { bias = false }

[network]
layers = [{ kind = "Linear", out_features = 4 }, "LIF"]
"""

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each entry of the table without an effect."""
        for entry in document.unused_defaults:
            yield warning(RULE, entry, f"`{entry.key.quoted}`: no layer uses these defaults")


RULE = UnusedDefault()
