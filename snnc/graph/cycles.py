"""Cycles: which operators have to take their steps together, and in which order the rest runs."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

Reads = Mapping[str, Sequence[str]]
"""What each value is computed from, in the order of the text; other names are from outside."""


def components(reads: Reads) -> tuple[tuple[str, ...], ...]:
    """Strongly connected components, each after those that it reads.

    Both the components and what is in them keep the order of the text where they can. A component
    of several values is a cycle over time.
    """
    if in_order(reads):
        return tuple((name,) for name in reads)  # without networkx, whose import takes 0.1 s
    return _condensed(tuple((name, tuple(sources)) for name, sources in reads.items()))


@lru_cache(maxsize=4)  # passes ask the same of a large cycle again
def _condensed(items: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[tuple[str, ...], ...]:
    import networkx as nx

    reads = dict(items)
    position = {name: at for at, name in enumerate(reads)}
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(reads)
    graph.add_edges_from((s, name) for name, all in reads.items() for s in all if s in reads)
    groups = nx.condensation(graph)
    members = {
        group: tuple(sorted(names, key=position.__getitem__))
        for group, names in groups.nodes("members")
    }
    order = nx.lexicographical_topological_sort(groups, key=lambda g: position[members[g][0]])
    return tuple(members[group] for group in order)


def in_order(reads: Reads) -> bool:
    """Whether everything only reads what stands before it."""
    seen: set[str] = set()
    for name, sources in reads.items():
        if any(source in reads and source not in seen for source in sources):
            return False
        seen.add(name)
    return True


def cyclic(reads: Reads) -> bool:
    """Whether all values form one cycle."""
    return len(components(reads)) == 1 and any(s in reads for all in reads.values() for s in all)
