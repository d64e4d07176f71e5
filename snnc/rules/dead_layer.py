"""dead-layer."""

from collections.abc import Iterator
from typing import ClassVar

import networkx as nx

from snnc.document import Document
from snnc.graph import Graph
from snnc.rules import warning
from snnc.source.diagnostic import Diagnostic


class DeadLayer:
    """A layer whose value no output depends on.

    It costs time and memory, and its parameters never train. Usually a ``from`` goes past it by
    mistake. Delete the layer, or let something read it.
    """

    code: ClassVar[str] = "SNN401"
    name: ClassVar[str] = "dead-layer"
    example: ClassVar[str] = """
[network]
layers = [
  { kind = "Linear", name = "a", out_features = 4 },
  { kind = "Linear", name = "b", out_features = 4, from = "input" },
  { kind = "LIF" },
]
"""

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Everything that no path leads from to an output."""
        alive = {*graph.outputs}
        for output in graph.outputs:
            alive |= nx.ancestors(graph.edges, output)
        for node in graph.nodes:
            if node.path not in alive:
                tree = document.tree.find(node.at)[0]
                yield warning(RULE, tree, f"`{node.path}` is never read: no output depends on it")


RULE = DeadLayer()
