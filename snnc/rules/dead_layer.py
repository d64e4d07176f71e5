"""dead-layer."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.graph.types import Graph
from snnc.opaque import OpaqueReader
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic


class DeadLayer(LintRule):
    """A layer whose value no output depends on.

    ## Why is this bad?

    The layer costs time and memory, and its parameters never train. The usual cause is a ``from``
    that goes past it.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", name = "a", out_features = 4 },
      { kind = "Linear", name = "b", out_features = 4, from = "input" },
      { kind = "LIF" },
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", name = "a", out_features = 4 },
      { kind = "Linear", name = "b", out_features = 4, from = "input" },
      { kind = "Add", from = ["a", "b"] },
      { kind = "LIF" },
    ]
    ```

    ## Fix

    None: only you know whether the layer is superfluous, or another should read it.
    """

    code: ClassVar[str] = "SNN401"
    name: ClassVar[str] = "dead-layer"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Every layer without a path to an output."""
        alive = _alive(graph)
        for node in graph.nodes:
            if node.path not in alive:
                tree = document.tree.find(node.at)[0]
                message = f"`{node.path}` is never read: no output depends on it"
                help = f'delete it, or name it where it is meant: `from = "{node.path}"`'
                yield finding(self, tree, message, help)


def _alive(graph: Graph) -> set[str]:
    """The outputs and all that they depend on; without networkx, whose import takes 0.1 s."""
    alive: set[str] = set()
    reached = [*graph.outputs, *_before_unknown(graph)]
    while reached:
        name = reached.pop()
        if name not in alive:
            alive.add(name)
            reached += [ref.node for ref in graph[name].inputs]
    return alive


def _before_unknown(graph: Graph) -> Iterator[str]:
    """Everything that a layer may read of which that is not known."""
    seen: list[str] = []
    for node in graph.nodes:
        if isinstance(node.operator, OpaqueReader):
            yield from seen
            seen = []
        seen.append(node.path)


RULE = DeadLayer()
