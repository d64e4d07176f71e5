"""A graph of graphs as one graph: names joined by dots, edges led through inner ports."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from snnc.escape import word
from snnc.exchange import Unusable
from snnc.exchange.nir.reading import MOST_EDGES, FileNode
from snnc.source.nearest import nearest

Edge = tuple[str, str]


@dataclass(frozen=True)
class FlatGraph:
    """Primitives by name and the edges between them; ``inputs`` and ``outputs`` are its ports."""

    nodes: Mapping[str, FileNode]
    edges: tuple[Edge, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(name for name, node in self.nodes.items() if node.kind == "Input")

    @property
    def outputs(self) -> tuple[str, ...]:
        return tuple(name for name, node in self.nodes.items() if node.kind == "Output")

    def sources(self, name: str) -> tuple[str, ...]:
        """The nodes that a node reads, in the order of the file."""
        return tuple(a for a, b in self.edges if b == name)


def flat(graph: FileNode) -> FlatGraph:
    """The graph without graphs inside, and without what reaches no output. Raises Unusable."""
    nodes = dict(_nodes(graph, ""))
    ports = {name for name, node in graph.nodes.items() if node.kind in ("Input", "Output")}
    edges = [*_edges(graph, "")]
    inner = (n for n, node in nodes.items() if node.kind in ("Input", "Output") and n not in ports)
    for port in [*inner]:
        edges = _led_through(port, edges)
        del nodes[port]
    whole = FlatGraph(nodes, tuple(edges))
    _connected(whole)
    return _reaching(whole)


def _nodes(graph: FileNode, prefix: str) -> Iterator[tuple[str, FileNode]]:
    for name, node in graph.nodes.items():
        if node.kind == "NIRGraph":
            yield from _nodes(node, f"{prefix}{name}.")
        else:
            yield prefix + name, node


def _edges(graph: FileNode, prefix: str) -> Iterator[Edge]:
    _sound(graph)
    for source, target in graph.edges:
        starts, ends = _ports(graph, source, "Output"), _ports(graph, target, "Input")
        if not starts or not ends:
            name, port = (target, "Input") if starts else (source, "Output")
            raise Unusable(
                f"edge {_shown(source, target)}: graph {word(prefix + name)} has no {port}"
            )
        for start, end in product(starts, ends):
            yield prefix + start, prefix + end
    for name, node in graph.nodes.items():
        if node.kind == "NIRGraph":
            yield from _edges(node, f"{prefix}{name}.")


def _ports(graph: FileNode, name: str, port: str) -> list[str]:
    node = graph.nodes[name]
    if node.kind != "NIRGraph":
        return [name]
    return [f"{name}.{n}" for n, node in node.nodes.items() if node.kind == port]


def _sound(graph: FileNode) -> None:
    """Check that each edge is between nodes of the graph, and there once."""
    seen = set()
    for edge in graph.edges:
        for end in edge:
            if end not in graph.nodes:
                guess = nearest(end, [*graph.nodes])
                hint = f": did you mean {word(guess)}?" if guess else ""
                raise Unusable(f"edge {_shown(*edge)}: there is no node {word(end)}{hint}")
        if edge in seen:
            raise Unusable(f"edge {_shown(*edge)} is there twice: is it to count once or twice?")
        seen.add(edge)
        for end, kind, verb in ((edge[0], "Output", "begins"), (edge[1], "Input", "ends")):
            if graph.nodes[end].kind == kind:
                raise Unusable(f"edge {_shown(*edge)} {verb} at {word(end)}, which is an {kind}")


def _led_through(port: str, edges: list[Edge]) -> list[Edge]:
    """The edges without an inner port: each into it goes on to each out of it."""
    before = [a for a, b in edges if b == port]
    after = [b for a, b in edges if a == port]
    rest = [edge for edge in edges if port not in edge]
    if len(rest) + len(before) * len(after) > MOST_EDGES:
        raise Unusable(f"more than {MOST_EDGES:,} edges meet at {word(port)}")
    return [*rest, *product(before, after)]


def _connected(graph: FlatGraph) -> None:
    if not graph.inputs or not graph.outputs:
        missing = "Output" if graph.inputs else "Input"
        raise Unusable(f"the graph has no {missing}: nothing says where data {_go(missing)}")
    fed = {target for _, target in graph.edges}
    for name, node in graph.nodes.items():
        if node.kind != "Input" and name not in fed:
            raise Unusable(f"node {word(name)} ({node.kind}) reads nothing: no edge ends at it")


def _go(missing: str) -> str:
    return "enter" if missing == "Input" else "leave"


def _reaching(graph: FlatGraph) -> FlatGraph:
    before: dict[str, list[str]] = {name: [] for name in graph.nodes}
    for source, target in graph.edges:
        before[target].append(source)
    found, todo = set(graph.outputs), [*graph.outputs]
    while todo:
        new = [name for name in before[todo.pop()] if name not in found]
        found |= {*new}
        todo += new
    nodes = {n: node for n, node in graph.nodes.items() if n in found or node.kind == "Input"}
    return FlatGraph(nodes, tuple(edge for edge in graph.edges if {*edge} <= found))


def _shown(source: str, target: str) -> str:
    return f"{word(source)} → {word(target)}"
