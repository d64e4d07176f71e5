"""Names into edges. A name resolves in its own list and its ports, and downward by path."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from snnc.blocks.head import sources
from snnc.blocks.items import Edge, Item, ScopeNames
from snnc.source.diagnostic import Diagnostic, Place
from snnc.source.nearest import affordable, nearest
from snnc.source.tree import Tree


class Read(NamedTuple):
    """The source of an item, and its ``from`` as written, if there is one."""

    edges: tuple[Edge, ...]
    node: Tree | None = None


Bind = Callable[[Read], None]


@dataclass(frozen=True)
class Reader:
    """An entry of a list, and what to do with what it reads. ``above`` is read by default."""

    entry: Tree
    position: int
    above: Item | None
    bind: Bind


class Wiring:
    """Connects the readers of each list once the list is complete; gathers what is wrong.

    ``root`` are the names of the network's own list.
    """

    def __init__(self, root: ScopeNames) -> None:
        self.root = root
        self.problems: list[Diagnostic] = []
        self.told: set[tuple[Place, str]] = set()

    def connect(self, names: ScopeNames, readers: list[Reader], block: str) -> None:
        for reader in readers:
            stated = sources(reader.entry)
            if stated:
                found = [self.edge(names, node, reader.position, block) for node in stated]
            else:
                found = [Edge(reader.above) if reader.above else None]
            edges = tuple(edge for edge in found if edge)
            if len(edges) == len(found):
                reader.bind(Read(edges, reader.entry.get("from")))

    def edge(self, names: ScopeNames, node: Tree, position: int, block: str = "") -> Edge | None:
        """The edge that ``node`` names, read from the item at ``position``."""
        name, _, delay = str(node.value).partition("@-")
        item = names.find(name)
        later = names.position.get(name.partition(".")[0], -1) >= position
        if item is not None and (delay or not later):
            return Edge(item, int(delay or 0))
        if item is not None:
            itself = names.position.get(name) == position
            where = "cannot read itself" if itself else "comes later in the list"
            message = f"`{name}` {where}: only a delayed edge may read a later layer"
            help = f'write "{name}@-1" for its value one time step earlier'
            self.tell("SNN306", "cycle", message, node, help)
        elif not names.doubtful:
            place = f" in block `{block}`" if block else ""
            message = f"there is no layer `{name}`{place}"
            advice = _guess(names, name, position) or self.outside(names, name)
            self.tell("SNN301", "unknown-name", message, node, advice)
        return None

    def outside(self, names: ScopeNames, name: str) -> str | None:
        if names is self.root or self.root.find(name) is None:
            return None
        return f"`{name}` is outside the block: add it to the block's `inputs`"

    def declare(self, names: ScopeNames, name: str, item: Item, position: int) -> None:
        first = names.declare(name, item, position)
        if first is not None:
            line, kind = _written(first.at), first.at.get("kind")
            message = f"`{name}` is taken: line {line} has that name already"
            help = "give it a `name` of its own"
            if kind:  # the other one has its default name
                message = f"`{name}` is also the name of line {line}, a {kind.value} without `name`"
                help = f"give the {kind.value} of line {line} a `name`"
            self.tell("SNN302", "duplicate-name", message, item.at, help)

    def tell(self, code: str, name: str, message: str, node: Tree, help: str | None = None) -> None:
        """A problem at a node; the same one in a block is told for its first use only."""
        found = Diagnostic(code, name, message, node.place, help, node.notes)
        if (found.origin, code) not in self.told:
            self.problems.append(found)
        self.told.add((found.origin, code))


def _written(node: Tree) -> int:
    """The line where a text stands, which for a block is not that of its use."""
    return Diagnostic("", "", "", node.place, notes=node.notes).origin.start.line


def _guess(names: ScopeNames, path: str, position: int) -> str | None:
    above = [*affordable(_above(names, position))]
    inside = (f"{name}.{path}" for name in reversed(above) if names.find(f"{name}.{path}"))
    guess = next(inside, None) or nearest(path, _visible(names, path, position))
    return f"did you mean `{guess}`?" if guess else None


def _above(names: ScopeNames, position: int) -> Iterator[str]:
    """The items above a position, which have got their names in that order."""
    ordered = names.position.items()
    return (name for name, _ in takewhile(lambda item: item[1] < position, ordered))


def _visible(names: ScopeNames, path: str, position: int) -> Iterator[str]:
    """Ports, the items above, and what the path's beginning leads to."""
    yield from names.ports
    yield from _above(names, position)
    steps = path.split(".")[:-1]
    for count in range(len(steps), 0, -1):
        above = ".".join(steps[:count])
        if item := names.find(above):
            yield from (f"{above}.{name}" for name in item.inner)
            return
