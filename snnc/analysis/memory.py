"""Memory: an estimate of what training keeps of one sample for the backward pass, in bytes.

A layer keeps the value that it reads, unless it is linear in it without weights. A value is kept
once, however many read it; one that is static, for one time step and not for all. Values are those
of a GPU: on the CPU a batch norm and its neuron are one kernel, as is a small chain of layers, and
such a kernel keeps less.
"""

from math import prod

from snnc.analysis.static import static
from snnc.analysis.structure import carries, origins, weights
from snnc.graph.types import Graph, Node
from snnc.layer import Operator
from snnc.readout import Readout

_NUMBER, _INDEX = 4, 8
_LINEAR = frozenset({"move", "linear"})


def kept(graph: Graph) -> dict[str, int]:
    """The bytes of each value that is kept, in float32."""
    still, made = static(graph), origins(graph, _views)
    read = {ref.node for node in graph.nodes if _keeps(node.operator) for ref in node.inputs}
    names = dict.fromkeys(made[name].path for name in read)
    found = {name: _size(graph[name], name in still, graph.time_steps) for name in names}
    for node in graph.nodes:
        if node.operator.role == "largest":  # the places of the maxima
            steps = 1 if node.path in still else graph.time_steps
            found[node.path] = found.get(node.path, 0) + prod(node.shape) * steps * _INDEX
    return found


def _size(node: Node, is_static: bool, steps: int) -> int:
    return prod(node.shape) * _NUMBER * (1 if is_static else steps)


def _keeps(operator: Operator) -> bool:
    """Whether a layer needs its input on the way back."""
    if isinstance(operator, Readout):
        return False
    linear = operator.traits(training=False).algebra in _LINEAR
    return weights(operator) or not linear


def _views(operator: Operator) -> bool:
    """Whether the output is the memory of the input in another shape."""
    return carries(operator) and operator.role != "noise"
