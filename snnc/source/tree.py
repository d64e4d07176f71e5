"""A document as a tree whose every node remembers where it was written.

Merging, substitution and defaults move nodes about; their places move with them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from snnc.source.diagnostic import Note, Place


class Unknown:
    """A value that could not be told, since something is wrong with it that is told elsewhere."""


UNKNOWN = Unknown()
Scalar = str | int | float | bool | date | datetime | time | Unknown
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Tree:
    """A scalar, a table or an array, the place of its key and that of its value.

    An array's item has no key: both places are the item. For a table ``[header]`` both are the
    header. ``notes`` lead to definitions ("channels is defined here").
    """

    value: "Scalar | dict[str, Tree] | list[Tree]"
    key: Place
    place: Place
    notes: tuple[Note, ...] = ()

    @property
    def table(self) -> "dict[str, Tree]":
        """The entries of a table; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> "list[Tree]":
        """The items of an array; empty for anything else."""
        return self.value if isinstance(self.value, list) else []

    def get(self, step: str | int) -> "Tree | None":
        if isinstance(self.value, dict):
            return self.value.get(str(step))
        if isinstance(self.value, list) and isinstance(step, int):
            return self.value[step] if step < len(self.value) else None
        return None

    def find(self, path: Sequence[str | int]) -> "tuple[Tree, int]":
        """The deepest node on ``path`` that exists, and how many steps lead to it."""
        node, depth = self, 0
        for step in path:
            child = node.get(step)
            if child is None:
                break
            node, depth = child, depth + 1
        return node, depth

    def plain(self) -> object:
        """The bare value as a TOML parser would return it, but with tuples for arrays."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return tuple(node.plain() for node in self.value)
        return self.value

    def with_value(self, value: "Scalar | dict[str, Tree] | list[Tree]", *notes: Note) -> "Tree":
        """The same place with another value."""
        # not by ``replace``: a large network has its tree copied many times
        return Tree(value, self.key, self.place, (*self.notes, *notes))
