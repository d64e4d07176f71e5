"""The network as a graph: every operator by its path, what it reads, and every shape."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from snnc.blocks.uses import Container
from snnc.graph.delayed_edge import Past
from snnc.layer import Operator, Traits
from snnc.shapes import Shape
from snnc.source.tree import Path

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True)
class Ref:
    """A value that is read: a node's, ``delay`` steps earlier (0 before the first)."""

    node: str
    port: str = ""
    delay: int = 0

    @property
    def value(self) -> str:
        """The name of the value: ``hidden``, ``hidden@-1``."""
        return f"{self.node}@-{self.delay}" if self.delay else self.node


@dataclass(frozen=True)
class Node:
    """An operator in its place. ``at`` is where the document states it."""

    path: str
    operator: Operator
    inputs: tuple[Ref, ...]
    shapes: tuple[Shape, ...]
    shape: Shape
    at: Path

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The values that it reads; an encoder reads data."""
        return tuple(ref.value for ref in self.inputs) or (f"{self.path}.data",)

    @cached_property
    def modes(self) -> tuple[Traits, Traits]:
        """Behaviour over time, in training and in eval mode."""
        return self.operator.traits(True), self.operator.traits(False)


@dataclass(frozen=True)
class Graph:
    """The network: encoders, layers and readouts in the order of the document.

    ``inputs`` and ``outputs`` name the encoder and readout nodes; an encoder reads data, which is
    no node. ``blocks`` are the uses of blocks and the repetitions that the paths go through.
    ``watched`` are values that training looks at besides the outputs.
    """

    name: str
    doc: str
    time_steps: int
    nodes: tuple[Node, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    blocks: Mapping[str, Container] = field(default_factory=dict)
    watched: frozenset[str] = frozenset()

    def __getitem__(self, path: str) -> Node:
        return self._by_path[path]

    @cached_property
    def _by_path(self) -> Mapping[str, Node]:
        return {node.path: node for node in self.steps}

    @cached_property
    def answers(self) -> frozenset[str]:
        """The outputs, to ask whether a node is one."""
        return frozenset(self.outputs)

    @cached_property
    def steps(self) -> tuple[Node, ...]:
        """The nodes, and before the first reader of each delayed value the delay itself."""
        known = {node.path: node for node in self.nodes}
        found: dict[str, Node] = {}
        for node in self.nodes:
            for ref in node.inputs:
                if ref.delay and ref.value not in found:
                    found[ref.value] = _past(ref, known[ref.node], node)
            found[node.path] = node
        return tuple(found.values())

    @cached_property
    def readers(self) -> Mapping[str, tuple[Node, ...]]:
        """The nodes that read each node, at this step or an earlier one."""
        found: dict[str, dict[str, Node]] = {node.path: {} for node in self.nodes}
        for node in self.nodes:
            for ref in node.inputs:
                found[ref.node][node.path] = node
        return {path: tuple(nodes.values()) for path, nodes in found.items()}

    @cached_property
    def holders_first(self) -> tuple[Node, ...]:
        """The nodes in order, but a neuron before the layer of its feedback, which it holds."""
        order: dict[str, Node] = {}
        for node in self.nodes:
            holder = node.path.rpartition(".")[0]
            if holder in self._by_path:
                order.setdefault(holder, self[holder])
            order.setdefault(node.path, node)
        return tuple(order.values())

    @cached_property
    def edges(self) -> "nx.MultiDiGraph[str]":
        """The same as networkx sees it; each edge carries its delay and its position."""
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        graph.add_nodes_from(node.path for node in self.nodes)
        for node in self.nodes:
            for position, ref in enumerate(node.inputs):
                graph.add_edge(ref.node, node.path, delay=ref.delay, position=position)
        return graph


def _past(ref: Ref, source: Node, reader: Node) -> Node:
    operator, inputs = Past(steps=ref.delay), (Ref(ref.node),)
    return Node(ref.value, operator, inputs, (source.shape,), source.shape, reader.at)
