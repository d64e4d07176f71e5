"""Which variable uses which: an order in which they get values, and the cycles that get none."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter
from itertools import islice

from snnc.resolve.scope import mentioned
from snnc.source.diagnostic import Diagnostic, Note
from snnc.source.tree import Tree

Graph = Mapping[str, tuple[str, ...]]
MOST_CYCLES = 10
MOST_MEMBERS = 8
"""Of a cycle, that are told."""


def dependencies(node: Tree) -> Graph:
    """The variables of ``[vars]`` that each of them uses, in a fixed order."""
    table = node.table
    return {
        name: tuple(sorted(use for use in mentioned(table[name]) if use in table)) for name in table
    }


def in_order(graph: Graph) -> Iterator[str]:
    """Every variable after those that it uses; one that hangs on a cycle never comes."""
    sorter = TopologicalSorter(graph)
    with suppress(CycleError):  # the sorter still yields what no cycle blocks
        sorter.prepare()
    while ready := sorter.get_ready():
        yield from ready
        sorter.done(*ready)


def cycles(node: Tree, graph: Graph) -> tuple[Diagnostic, ...]:
    """One diagnostic a cycle."""
    return tuple(_describe(node, names) for names in islice(_cycles(graph), MOST_CYCLES))


def _cycles(graph: Graph) -> Iterator[tuple[str, ...]]:
    """One by one: a found cycle is taken out before the next is looked for."""
    while names := _cycle(graph):
        yield names
        graph = _without(graph, names)


def _cycle(graph: Graph) -> tuple[str, ...]:
    """Each name uses the next, and the last the first; the sorter tells it the other way round."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1][1:]))
    return ()


def _without(graph: Graph, names: Collection[str]) -> Graph:
    return {
        name: tuple(use for use in uses if use not in names)
        for name, uses in graph.items()
        if name not in names
    }


def _describe(node: Tree, names: tuple[str, ...]) -> Diagnostic:
    """Told from the variable that the file defines first."""
    start = min(range(len(names)), key=lambda i: node.table[names[i]].key.span)
    names = (*names[start:], *names[:start])
    told = names[:MOST_MEMBERS]
    left = [f"… ({len(names) - len(told)} more)"] if len(told) < len(names) else []
    chain = " → ".join([*(f"`{name}`" for name in told), *left, f"`{names[0]}`"])
    notes = tuple(Note(node.table[n].key, f"`{n}` is defined here") for n in told[1:])
    message = f"a variable cannot use itself: {chain}"
    place = node.table[names[0]].place
    return Diagnostic("SNN106", "bad-variable", message, place, notes=notes)
