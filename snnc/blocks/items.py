"""Names and readers during expansion, before every edge has found its layer."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from snnc.source.tree import Tree


@dataclass(frozen=True)
class Edge:
    """The value of an item, ``delay`` steps earlier."""

    item: "Item"
    delay: int = 0


@dataclass(eq=False)
class Item:
    """Something that has a value: a layer, or what stands for one.

    A layer has its fields in ``layer``; ``source`` is its ``from`` as written. Anything else (a
    port, a use of a block, an absent layer) has the value of ``through``, or none if something is
    wrong with it. ``at`` is where its name was given, ``inner`` what paths lead to below it.
    """

    path: str
    at: Tree
    layer: Tree | None = None
    source: Tree | None = None
    reads: tuple[Edge, ...] = ()
    through: Edge | None = None
    inner: "dict[str, Item]" = field(default_factory=dict)


@dataclass
class ScopeNames:
    """The names of one list of layers: its ports, and its items with their positions.

    ``above`` is the item that was added last. A ``doubtful`` list has an item whose name is not
    known.
    """

    ports: dict[str, Item]
    items: dict[str, Item] = field(default_factory=dict)
    position: dict[str, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    above: Item | None = None
    doubtful: bool = False

    def find(self, path: str) -> Item | None:
        """The item that a path leads to, down from this list."""
        name, *rest = path.split(".")
        if name in self.ports:
            return None if rest else self.ports[name]
        item = self.items.get(name)
        for step in rest:
            item = item.inner.get(step) if item else None
        return item

    def declare(self, name: str, item: Item, position: int) -> Item | None:
        """Gives a name to an item, or returns the one that has it already."""
        taken = self.ports.get(name) or self.items.get(name)
        if taken is None:
            self.items[name], self.position[name] = item, position
        return taken

    def default(self, stem: str) -> str:
        """The name of the next item of a stem; those with a name of their own count too."""
        self.counts[stem] += 1
        return f"{stem}{self.counts[stem]}"


def follow(edge: Edge) -> Edge | None:
    """The layer whose value an edge reads, and how many steps earlier; None if there is none.

    What was followed is remembered, so that long chains are walked once.
    """
    trail: list[tuple[Item, int]] = []
    for item, delay in _chain(edge):
        if item.layer is not None:
            for passed, before in trail:
                passed.through = Edge(item, delay - before)
            return Edge(item, delay)
        trail.append((item, delay))
    return None


def loops(item: Item) -> bool:
    """Whether what stands for a layer leads back to itself."""
    *_, (last, _) = _chain(Edge(item))
    return last.layer is None and last.through is not None


def _chain(edge: Edge) -> Iterator[tuple[Item, int]]:
    """Each item on the way to a layer, with the delay so far; ends before the first comes again."""
    seen: set[int] = set()
    item, delay = edge.item, edge.delay
    while id(item) not in seen:
        yield item, delay
        on = item.through
        if item.layer is not None or on is None:
            return
        seen.add(id(item))
        item, delay = on.item, delay + on.delay
