"""Edges of the NIR graph: sums become several edges, and delayed edges cycles or Delays."""

import nir
import numpy as np

from snnc.exchange import Unusable
from snnc.exchange.nir.cycles import late
from snnc.exchange.nir.flattening import Edge, FlatGraph
from snnc.exchange.nir.naming import NodeNames
from snnc.exchange.nir.reading import FileNode
from snnc.exchange.unsaid import Unsaid
from snnc.graph.types import Graph, Node, Ref
from snnc.shapes import Shape

Source = tuple[str, int]
"""A node of NIR, and how many time steps earlier its value is read."""


class NirWiring:
    """Collects nodes in the order of the network, and then makes edges of what they read."""

    def __init__(self, graph: Graph, dt: float) -> None:
        self._graph, self._dt = graph, dt
        self.nodes: dict[str, nir.NIRNode] = {}
        self._reads: dict[str, tuple[Ref, ...]] = {}
        self._values: dict[str, str | tuple[Ref, ...]] = {}
        self._free = NodeNames()

    def input(self, node: Node) -> None:
        name = "input" if len(self._graph.inputs) == 1 else node.path
        self._put(node, name, nir.Input({"input": np.array(node.shape)}))

    def output(self, node: Node) -> None:
        name = "output" if len(self._graph.outputs) == 1 else node.path
        self._put(node, name, nir.Output({"output": np.array(node.shape)}))

    def layer(self, node: Node, made: nir.NIRNode) -> None:
        self._put(node, self._free.new(node.path, "layer"), made)

    def alias(self, node: Node) -> None:
        """A node that is only another name of its input."""
        self._values[node.path] = node.inputs

    def sum(self, node: Node) -> None:
        """A node whose readers read all of its inputs."""
        self._values[node.path] = node.inputs

    def _put(self, node: Node, name: str, made: nir.NIRNode) -> None:
        self.nodes[name] = made
        self._values[node.path] = name
        self._reads[name] = node.inputs

    def graph(self) -> tuple[dict[str, nir.NIRNode], list[Edge]]:
        """The nodes and edges. Raises Unsaid if a delay cannot be said."""
        wanted = {name: self._sources(refs) for name, refs in self._reads.items()}
        self._told_apart(wanted)
        edges: list[Edge] = [(s, name) for name, found in wanted.items() for s, _ in found]
        implied = self._late(edges)
        expected = set(implied)
        for target, sources in wanted.items():
            for source, delay in sources:
                edge = (source, target)
                first = self._delayed(edges, edge, delay, edge in implied)
                if edge in implied:
                    expected = expected - {edge} | {first}
        if self._late(edges) != expected:
            raise Unsaid("NIR cannot say which edge of its cycles is one time step late")
        return self.nodes, edges

    def _sources(self, refs: tuple[Ref, ...], before: int = 0) -> list[Source]:
        found: list[Source] = []
        for ref in refs:
            value, delay = self._values[ref.node], before + ref.delay
            if isinstance(value, str):
                found.append((value, delay))
            else:
                found += self._sources(value, delay)
        return found

    def _told_apart(self, wanted: dict[str, list[Source]]) -> None:
        """An edge is there once: what is read twice goes through a Scale by 1."""
        for found in [*wanted.values()]:
            for at, (source, delay) in enumerate(found):
                if source in {s for s, _ in found[:at]}:
                    name = self._free.new(f"{source}_again", "again")
                    self.nodes[name] = nir.Scale(np.ones(self._shape(source)))
                    wanted[name] = [(source, delay)]
                    found[at] = (name, 0)

    def _delayed(self, edges: list[Edge], edge: Edge, delay: int, implied: bool) -> Edge:
        """The edge out of the source, which NIR delays by one step around a cycle.

        A Delay behind it makes the other steps.
        """
        if implied and not delay:
            raise Unsaid(
                f"the edge {edge[0]} → {edge[1]} would be read one time step late: NIR delays "
                "the output of the last neuron of a cycle",
                'delay that edge: from = "NAME@-1"',
            )
        if delay == implied:
            return edge
        name = self._free.new(f"{edge[0]}_late", "late")
        self.nodes[name] = nir.Delay(np.full(self._shape(edge[0]), (delay - implied) * self._dt))
        edges.remove(edge)
        edges += [(edge[0], name), (name, edge[1])]
        return edge[0], name

    def _shape(self, source: str) -> Shape:
        """The shape of what a node writes."""
        path = next(path for path, value in self._values.items() if value == source)
        return self._graph[path].shape

    def _late(self, edges: list[Edge]) -> frozenset[Edge]:
        nodes = {name: FileNode(type(node).__name__) for name, node in self.nodes.items()}
        try:
            return late(FlatGraph(nodes, tuple(edges)), "spike")
        except Unusable as error:
            raise Unsaid(f"NIR needs a neuron in each cycle: {error}") from error
