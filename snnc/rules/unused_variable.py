"""unused-variable."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.document import Document
from snnc.fixes import deletion
from snnc.graph.types import Graph
from snnc.rules import LintRule, finding
from snnc.source.diagnostic import Diagnostic


class UnusedVariable(LintRule):
    """A variable that nothing uses.

    ## Why is this bad?

    A later change of the variable would change nothing.

    ## Example

    ```toml
    [vars]
    channels = 64

    [network]
    layers = [{ kind = "Linear", out_features = 4 }, "LIF"]
    ```

    ## Use instead

    ```toml
    [vars]
    channels = 64

    [network]
    layers = [{ kind = "Linear", out_features = "$channels" }, "LIF"]
    ```

    ## Fix

    Safe: delete the variable. Or write ``"$name"`` where it was meant.
    """

    code: ClassVar[str] = "SNN403"
    name: ClassVar[str] = "unused-variable"
    shared: ClassVar[bool] = True

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each entry of the table without an effect."""
        for entry in document.unused_vars:
            name = entry.key.quoted
            help = f'delete it, or write "${name}" where it is meant'
            fixes = deletion(entry.key, f"Delete the variable `{name}`", "safe")
            yield finding(self, entry, f"`{name}`: nothing uses this variable", help, fixes)


RULE = UnusedVariable()
