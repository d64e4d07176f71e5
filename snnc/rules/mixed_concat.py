"""mixed-concat."""

from collections.abc import Iterator
from typing import ClassVar

from snnc.analysis.structure import carries, origins, spiking, weights
from snnc.document import Document
from snnc.graph.types import Graph
from snnc.layer import Operator
from snnc.layers.concat import Concat
from snnc.rules import LintRule, at, finding
from snnc.source.diagnostic import Diagnostic


class MixedConcat(LintRule):
    """Spikes beside the currents of weights in one Concat.

    ## Why is this bad?

    The weights behind it read both, although currents are of any size and sign and spikes are 0 or
    1: the larger ones decide what is learned, and the products are multiplications again. The usual
    cause is a neuron that was forgotten in one of the branches. Spikes of an earlier time step are
    no such case.

    ## Example

    ```toml
    [network]
    layers = [
      { kind = "Linear", name = "a", out_features = 4 },
      { kind = "LIF", name = "s" },
      { kind = "Concat", from = ["s", "a"] },
      { kind = "Linear", out_features = 4 },
      "LIF",
    ]
    ```

    ## Use instead

    ```toml
    [network]
    layers = [
      { kind = "Linear", name = "a", out_features = 4, from = "input" },
      { kind = "LIF", name = "s" },
      { kind = "Linear", name = "b", out_features = 4, from = "input" },
      { kind = "LIF", name = "u" },
      { kind = "Concat", from = ["s", "u"] },
      { kind = "Linear", out_features = 4 },
      "LIF",
    ]
    ```

    ## Fix

    None: read the neuron of each branch.
    """

    code: ClassVar[str] = "SNN437"
    name: ClassVar[str] = "mixed-concat"

    def check(self, document: Document, graph: Graph) -> Iterator[Diagnostic]:
        """Each Concat of values of the same time step."""
        found = origins(graph, _through)
        for node in graph.nodes:
            if not isinstance(node.operator, Concat) or any(ref.delay for ref in node.inputs):
                continue
            read = [found[ref.node] for ref in node.inputs]
            spikes = [one.path for one in read if spiking(one.operator)]
            currents = [one.path for one in read if weights(one.operator)]
            if spikes and currents:
                what = f"spikes of `{spikes[0]}` and currents of `{currents[0]}`"
                help = f"put a neuron behind `{currents[0]}`, and read that"
                yield finding(self, at(document, node, "from"), f"`{node.path}` joins {what}", help)


def _through(operator: Operator) -> bool:
    """Whether a layer hands spikes on, or pools them."""
    return carries(operator) or operator.role == "largest"


RULE = MixedConcat()
