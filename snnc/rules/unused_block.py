"""unused-block."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.fixes import deletion
from snnc.graph.types import Graph
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic


class UnusedBlock(LintRule):
    """A block that no layer and no used block uses.

    ## Why is this bad?

    Its layers are never checked, so errors stay hidden until somebody uses it.

    ## Example

    ```toml
    [blocks.Pair]
    layers = [{ kind = "Linear", out_features = 4 }, "LIF"]

    [network]
    layers = [{ kind = "Linear", out_features = 4 }, "LIF"]
    ```

    ## Use instead

    ```toml
    [blocks.Pair]
    layers = [{ kind = "Linear", out_features = 4 }, "LIF"]

    [network]
    layers = ["Pair"]
    ```

    ## Fix

    Safe: delete the block. Or use it where it was meant.
    """

    code: ClassVar[str] = "SNN405"
    name: ClassVar[str] = "unused-block"
    shared: ClassVar[bool] = True

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each definition without an effect."""
        for block in document.unused_blocks:
            name = block.key.quoted.strip("[]").rpartition(".")[2]
            help = f'delete it, or use it: {{ kind = "{name}" }}'
            fixes = deletion(block.key, f"Delete the block `{name}`", "safe")
            yield finding(self, block, f"`{name}`: no layer uses this block", help, fixes)


RULE = UnusedBlock()
