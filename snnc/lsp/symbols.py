"""Names that a spec gives to something, and the places where they stand."""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from snnc.source.diagnostic import Place
from snnc.source.tree import Tree

Sort = Literal["layer", "port", "output", "variable", "parameter", "block", "kind", "value"]
_SEGMENT = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[A-Za-z0-9_-]+")
_QUOTES = ('"""', "'''", '"', "'")


class Symbol(NamedTuple):
    """A name and what it is the name of.

    ``scope`` says in which list of layers, block or definition, for names that others may have
    elsewhere. A "value" is one of equations: a state, an input or what a line assigns.
    """

    sort: Sort
    scope: str
    name: str


@dataclass(frozen=True)
class Occurrence:
    """A place where a name stands, without quotes.

    An unnamed layer is defined at its ``kind``: there, ``implied`` is the entry.
    """

    symbol: Symbol
    place: Place
    defines: bool = False
    implied: Tree | None = None


def inner(node: Tree) -> Place | None:
    """The place of a text without its quotes; None if it is not written as it is."""
    quoted = node.place.quoted
    quote = next((q for q in _QUOTES if quoted.startswith(q)), "")
    size = len(quote)
    if not quote or len(quoted) < 2 * size or quoted[size:-size] != node.value:
        return None
    return node.place.within(size, len(quoted) - size)


def key_place(node: Tree, depth: int) -> Place:
    """The place of the last part of a key at ``depth``, also in a ``[header]``; without quotes."""
    text = node.key.quoted
    parts = [*_SEGMENT.finditer(text)]
    if not parts:
        return node.key
    part = parts[min(depth, len(parts)) - 1] if text.startswith("[") else parts[-1]
    quoted = part[0][0] in "\"'"
    return node.key.within(part.start() + quoted, part.end() - quoted)
