"""The ANN of a network with [convert], one statement a layer; its classes stand in convert.py."""

from collections.abc import Iterator
from dataclasses import replace

from snnc.emit.attributes import Held, module_classes
from snnc.emit.code import Code
from snnc.emit.environment import environment
from snnc.emit.literal import access, paragraph
from snnc.emit.neurons import Neurons, neurons
from snnc.emit.python_format import WIDTH, statement
from snnc.emit.scope import CHAIN, unique
from snnc.encoder import Encoder
from snnc.graph.types import Graph, Node
from snnc.layer import Call, Layer, Operator, Traits
from snnc.names import VARIABLES, class_name
from snnc.program.types import Program
from snnc.readout import Readout
from snnc.shapes import Shape, show

_BESIDE = frozenset(
    """ACTIVATIONS BUILT_FROM CORRECTIONS DataError FOLDS GRAPH Iterator NAME OverTime PROGRAM ROWS
    SHOWN SPEC Sequence Split carry_out conversion converted judged labelled load main math page
    training""".split()
)
"""The names of convert.py besides the classes of the ANN and what networks use."""


class _Noise(Layer):
    """A dropout of training, as in PyTorch: without time there is only one mask."""

    kind: str
    p: float

    def traits(self, training: bool) -> Traits:
        return Traits()

    def shape(self, *inputs: Shape) -> Shape:
        return inputs[0]

    def torch_call(self, *inputs: Shape) -> Call:
        return Call(f"nn.{self.kind}", (self.p,), names=("p",))


class Ann:
    """The parts of an ANN, from the graph that the spec describes."""

    def __init__(self, graph: Graph) -> None:
        plain = (replace(node, operator=_plain(node.operator)) for node in graph.nodes)
        self.graph = replace(graph, nodes=tuple(plain))
        self.neurons: Neurons = neurons(Program(self.graph, ()))
        self.held: Held = module_classes(self.graph, self.neurons, _BESIDE)
        self.body = Code(_statements(self.graph), _uses(self.graph))

    @property
    def name(self) -> str:
        """The name of the class."""
        return f"{class_name(self.graph.name)}ANN"

    @property
    def uses(self) -> frozenset[str]:
        """The names that the classes refer to."""
        return frozenset(self.held.uses | self.body.uses)

    @property
    def classes(self) -> str:
        """The text of the classes."""
        graph = self.graph
        first, last = graph[graph.inputs[0]].shape, graph[graph.outputs[0]].shape
        context = {
            "class_name": self.name,
            "blocks": self.held.blocks,
            "summary": paragraph(f"The ANN of {graph.name}: it is trained, it has no time.", 4),
            "table": "\n".join(f"    {line}".rstrip() for line in _table(graph)),
            "attributes": self.held.attributes,
            "given": show(first).replace("[", "[B, ", 1),
            "answer": show(last).replace("[", "[B, ", 1),
            "body": self.body.text,
        }
        return environment().get_template("ann.jinja").render(context)


def _plain(operator: Operator) -> Operator:
    if operator.role != "noise":
        return operator
    return _Noise(kind=operator.kind, p=getattr(operator, "p", 0.5))


def _layers(graph: Graph) -> list[Node]:
    return [n for n in graph.nodes if not isinstance(n.operator, Encoder | Readout)]


def _statements(graph: Graph) -> Iterator[str]:
    names = _names(graph)
    given = names[graph.inputs[0]]
    if given != CHAIN:
        yield f"        {given} = {CHAIN}"
    for node in _layers(graph):
        args = [names[ref.node] for ref in node.inputs]
        call = node.operator.call(access(node.path), args, "step")
        if call != names[node.path]:
            yield from _assigned(names[node.path], call)
    answer = names[graph[graph.outputs[0]].inputs[0].node]
    if answer != CHAIN:
        yield f"        {CHAIN} = {answer}"
    yield f"        return {CHAIN}"


def _assigned(name: str, call: str) -> Iterator[str]:
    """An element-wise neuron gives its one step apart: on a line of its own if need be."""
    apart = ".squeeze(0)"
    if len(f"        {name} = {call}") > WIDTH and call.endswith(apart):
        yield from statement(f"{name} = {call.removesuffix(apart)}", 8)
        call = f"{name}{apart}"
    yield from statement(f"{name} = {call}", 8)


def _names(graph: Graph) -> dict[str, str]:
    """``x`` for a value that only the next layer reads, else a name of its own."""
    order = [graph[graph.inputs[0]], *_layers(graph), graph[graph.outputs[0]]]
    names: dict[str, str] = {}
    for at, node in enumerate(order[:-1]):
        found = [n.path for n in order if any(ref.node == node.path for ref in n.inputs)]
        if found in ([], [order[at + 1].path]):
            names[node.path] = CHAIN
        else:
            wanted = {"input": "inputs"}.get(node.path, node.path.replace(".", "_"))
            names[node.path] = unique(wanted, {CHAIN, *VARIABLES, *names.values()})
    return names


def _table(graph: Graph) -> Iterator[str]:
    """One line a layer: name, kind, shape, parameters."""
    rows = [_cells(node) for node in graph.nodes if not isinstance(node.operator, Readout)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, kind, shape, count in rows:
        left = f"{name:<{widths[0]}}  {kind:<{widths[1]}}  {shape:<{widths[2]}}"
        yield f"{left}  {count:>{widths[3]}}"


def _cells(node: Node) -> tuple[str, str, str, str]:
    count = node.operator.parameters(*node.shapes)
    return node.path, node.operator.kind, show(node.shape), f"{count:,}" if count else ""


def _uses(graph: Graph) -> Iterator[str]:
    """The names that calls of layers refer to."""
    for node in _layers(graph):
        yield from node.operator.uses("step")
