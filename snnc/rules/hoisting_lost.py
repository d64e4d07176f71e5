"""hoisting-lost."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.static import lost
from snnc.document import Document
from snnc.encoder import Encoder
from snnc.graph.types import Graph
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic, Severity


class HoistingLost(LintRule):
    """Chance at every time step, which keeps layers from being computed once.

    ## Why is this bad?

    Layers behind a static input run once and not T times. A Poisson encoder of static data, or a
    dropout with ``mask = "step"``, makes their input another at every step. The message states what
    that costs: multiply-accumulates for a sample. A convolution of 28 x 28 pixels to 32 channels at
    8 time steps costs 1,362,816 more.

    ## Example

    ```toml
    time_steps = 8

    [input]
    shape = [4]
    encoder = "poisson"

    [network]
    layers = [{ kind = "Linear", out_features = 4 }, "IF"]
    ```

    ## Use instead

    ```toml
    time_steps = 8

    [input]
    shape = [4]
    encoder = "direct"

    [network]
    layers = [{ kind = "Linear", out_features = 4 }, "IF"]
    ```

    ## Fix

    Unsafe: ``encoder = "direct"`` or ``mask = "sequence"``. Values are others, and the network has
    to be trained again.

    ## References

    - Rathi and Roy, DIET-SNN, IEEE TNNLS 2021, on direct encoding.
    """

    code: ClassVar[str] = "SNN470"
    name: ClassVar[str] = "hoisting-lost"
    severity: ClassVar[Severity] = "info"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each such encoder or layer, if layers with weights are behind it."""
        for node, cost in lost(graph):
            data = isinstance(node.operator, Encoder)
            key, help = ("encoder", "direct") if data else ("mask", "sequence")
            draws = f"`{node.path}` draws anew at every step"
            message = f"{draws}, which costs {cost:,} multiply-accumulates a sample"
            what = f'`{key} = "{help}"` computes the layers behind it once'
            yield finding(self, at(document, node, key), message, what)


RULE = HoistingLost()
