"""unused-default."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.rules import warning
from snnc.source.diagnostic import Diagnostic


class UnusedDefault:
    """Defaults that no layer takes: none has the kind, or each states its own.

    The defaults change nothing. Delete them, or correct the kind or the layers.
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
            one = entry.key.quoted if not entry.table else ""
            told = "no layer takes this default" if one else "no layer uses these defaults"
            help = "each layer states its own, or has no such key" if one else None
            yield warning(RULE, entry, f"`{entry.key.quoted}`: {told}", help)


RULE = UnusedDefault()
