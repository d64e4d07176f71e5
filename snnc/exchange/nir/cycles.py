"""Cycles of a graph: the edge of each that arrives one time step late, and the order of nodes."""

from collections.abc import Collection, Iterator
from typing import Literal

import networkx as nx

from snnc.escape import word
from snnc.exchange import Unusable
from snnc.exchange.nir.flattening import Edge, FlatGraph
from snnc.exchange.nir.primitives import NEURONS

Recurrence = Literal["spike", "current"]
_MOST = 100
"""Searches for cycles; each takes away one edge of every cycle that it meets."""


def late(graph: FlatGraph, recurrence: Recurrence) -> frozenset[Edge]:
    """The edges that carry what was there one time step before.

    "spike": of each cycle the edge out of its last neuron, seen from the input. "current": the edge
    into its first. Raises Unusable of a cycle without a neuron.
    """
    found: set[Edge] = set()
    for _ in range(_MOST):
        cycles = [*_cycles(graph, found)]
        if not cycles:
            return frozenset(found)
        found |= {_cut(graph, cycle, recurrence) for cycle in cycles}
    raise Unusable("its cycles are too entangled")


def ordered(graph: FlatGraph, delayed: Collection[Edge]) -> tuple[str, ...]:
    """The nodes, each after those that it reads in the same time step."""
    open_edges = dict.fromkeys(graph.nodes, 0)
    after: dict[str, list[str]] = {name: [] for name in graph.nodes}
    for edge in graph.edges:
        if edge not in delayed:
            open_edges[edge[1]] += 1
            after[edge[0]].append(edge[1])
    ready = [name for name, count in open_edges.items() if not count][::-1]
    found = []
    while ready:
        found.append(ready.pop())
        for name in reversed(after[found[-1]]):
            open_edges[name] -= 1
            if not open_edges[name]:
                ready.append(name)
    return tuple(found)


def cyclic(graph: FlatGraph) -> frozenset[str]:
    """The nodes that are in a cycle."""
    edges: nx.DiGraph[str] = nx.DiGraph(list(graph.edges))
    parts = (part for part in nx.strongly_connected_components(edges) if len(part) > 1)
    loops = (a for a, b in graph.edges if a == b)
    return frozenset(name for part in (*parts, loops) for name in part)


def _cycles(graph: FlatGraph, without: Collection[Edge]) -> Iterator[list[str]]:
    """Cycles that a search from the inputs meets, each from where it is entered."""
    after: dict[str, list[str]] = {name: [] for name in graph.nodes}
    for edge in graph.edges:
        if edge not in without:
            after[edge[0]].append(edge[1])
    done: set[str] = set()
    for start in (*graph.inputs, *graph.nodes):
        if start not in done:
            yield from _met(start, after, done)


def _met(start: str, after: dict[str, list[str]], done: set[str]) -> Iterator[list[str]]:
    path, at = [start], {start: 0}
    todo = [iter(after[start])]
    while path:
        name = next(todo[-1], None)
        if name is None:
            todo.pop()
            done.add(path[-1])
            del at[path.pop()]
        elif name in at:
            yield path[at[name] :]
        elif name not in done:
            at[name] = len(path)
            path.append(name)
            todo.append(iter(after[name]))


def _cut(graph: FlatGraph, cycle: list[str], recurrence: Recurrence) -> Edge:
    neurons = [at for at, name in enumerate(cycle) if graph.nodes[name].kind in NEURONS]
    if not neurons:
        way = " → ".join(map(word, (*cycle, cycle[0])))
        raise Unusable(f"a cycle without a neuron, so that nothing takes time: {way}")
    if recurrence == "spike":
        return cycle[neurons[-1]], cycle[(neurons[-1] + 1) % len(cycle)]
    return cycle[neurons[0] - 1], cycle[neurons[0]]
