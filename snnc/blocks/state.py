"""The state of an expansion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from snnc.blocks.budget import Budget
from snnc.blocks.definition import Block
from snnc.blocks.items import Item, ScopeNames
from snnc.blocks.parameters import Site
from snnc.blocks.uses import Container
from snnc.blocks.wiring import Bind, Read, Wiring
from snnc.layer import Layer
from snnc.resolve import Defaults
from snnc.resolve.defaults import kind_of
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.tree import Tree


class Part(NamedTuple):
    """An item, and what to do with what it reads."""

    item: Item
    bind: Bind


@dataclass
class State:
    """The layers so far, and all that is wrong.

    ``items`` are the layers in their order, ``containers`` uses and repetitions with the items
    that stand for them, ``sizes`` the feedback layers whose size is inferred: the key, and the
    item that reads the source. ``unnamed`` are the entries that state no name, by the path that
    they get. ``findings`` are as bad as an invalid value; what is wrong with
    names is in ``wiring``.
    """

    blocks: Mapping[str, Block]
    kinds: Mapping[str, type[Layer]]
    defaults: Defaults
    wiring: Wiring
    items: list[Item] = field(default_factory=list)
    containers: dict[str, tuple[Container, Item]] = field(default_factory=dict)
    sizes: dict[str, tuple[str, Item]] = field(default_factory=dict)
    absent: list[Item] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)
    unnamed: dict[str, Tree] = field(default_factory=dict)
    budget: Budget = field(default_factory=Budget)

    def block(self, entry: Tree) -> Block | None:
        """The block that an entry uses."""
        return self.blocks.get(str(kind_of(entry)))

    def kind(self, entry: Tree) -> type[Layer] | None:
        """The kind of a layer; None if there is none, which the validation tells."""
        return self.kinds.get(str(kind_of(entry)))

    def ports(self, entry: Tree) -> int | None:
        """The number of inputs of an entry (None: two or more)."""
        block, kind = self.block(entry), self.kind(entry)
        if block:
            return len(block.inputs)
        return kind.ports if kind else 1


class Expander(Protocol):
    """An expansion at work, as those that it calls for blocks and feedback know it."""

    state: State
    root: Site

    def layers(self, entries: Sequence[Tree], site: Site, names: ScopeNames) -> None:
        """A whole list; afterwards ``names`` knows its items and ``names.above`` is the last."""

    def one(self, path: str, entry: Tree, site: Site, count: int = 1) -> Part:
        """A layer or a use of a block that reads ``count`` others; ``entry`` has no head."""
        ...


def reads(item: Item) -> Part:
    """A layer."""

    def bind(read: Read) -> None:
        item.reads, item.source = read

    return Part(item, bind)


def passes(item: Item) -> Part:
    """An entry with the value of its only source."""

    def bind(read: Read) -> None:
        item.through = read.edges[0]

    return Part(item, bind)


def hands_in(item: Item, ports: list[Item]) -> Part:
    """A use of a block: each port has the value of one source."""

    def bind(read: Read) -> None:
        item.reads = read.edges
        for port, edge in zip(ports, read.edges, strict=True):
            port.through = edge

    return Part(item, bind)


def broken(entry: Tree) -> Part:
    """Something is wrong with it: it has no value, and whoever reads it is not blamed."""
    return Part(Item("", entry), lambda _: None)


def bad(message: str, node: Tree, help: str | None = None) -> Findings:
    """A value that cannot stand where it does."""
    return Findings(Diagnostic("SNN204", "bad-value", message, node.place, help, node.notes))
