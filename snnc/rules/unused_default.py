"""unused-default."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.fixes import deletion
from snnc.graph.types import Graph
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic


class UnusedDefault(LintRule):
    """Defaults that no layer takes: none has the kind, or each states its own.

    ## Why is this bad?

    The defaults change nothing. The usual cause is a layer that has become another kind.

    ## Example

    ```toml
    [defaults]
    Conv2d = { kernel_size = 3 }

    [network]
    layers = [{ kind = "Linear", out_features = 4 }, "LIF"]
    ```

    ## Use instead

    ```toml
    [defaults]
    Linear = { bias = false }

    [network]
    layers = [{ kind = "Linear", out_features = 4 }, "LIF"]
    ```

    ## Fix

    Safe: delete the entry. Or correct its kind.
    """

    code: ClassVar[str] = "SNN404"
    name: ClassVar[str] = "unused-default"
    shared: ClassVar[bool] = True

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each entry of the table without an effect."""
        for entry in document.unused_defaults:
            one = not entry.table
            told = "no layer takes this default" if one else "no layer uses these defaults"
            help = (
                "each layer states its own, or has no such key"
                if one
                else "delete them, or correct the kind"
            )
            fixes = deletion(entry.key, f"Delete `{entry.key.quoted}`", "safe")
            yield finding(self, entry, f"`{entry.key.quoted}`: {told}", help, fixes)


RULE = UnusedDefault()
