"""useless-layer."""

import re
from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.fixes import deletion
from snnc.graph.types import Graph, Node
from snnc.layer import Layer
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class UselessLayer(LintRule):
    """A layer that returns its input as it is.

    ## Why is this bad?

    It costs a line to read, and often a copy. The usual cause is a size or a rate that was another
    once: a Flatten of features, a Dropout of 0, a window of one element. An Identity with a
    ``name`` is fine.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      "LIF",
      { kind = "Dropout", p = 0.0 },
      { kind = "Linear", out_features = 4 },
      "LIF",
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", out_features = 4 },
      "LIF",
      { kind = "Linear", out_features = 4 },
      "LIF",
    ]
    ```

    ## Fix

    Unsafe: delete the layer. Unnamed layers of its sort behind it are renumbered, and so are their
    keys in checkpoints.
    """

    code: ClassVar[str] = "SNN435"
    name: ClassVar[str] = "useless-layer"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each such layer, but an Identity that gives a name."""
        for node in graph.nodes:
            why = node.operator.idle(*node.shapes)
            if why and not (node.operator.role == "same" and _named(node)):
                tree, message = at(document, node), f"`{node.path}` does nothing: {why}"
                fixes = deletion(tree.key, "Delete the layer")
                yield finding(self, tree, message, "delete it", fixes)


def _named(node: Node) -> bool:
    """Whether the spec gives the layer a name of its own."""
    assert isinstance(node.operator, Layer)
    return not re.fullmatch(rf"{node.operator.stem}\d+", node.path.rpartition(".")[2])


RULE = UselessLayer()
