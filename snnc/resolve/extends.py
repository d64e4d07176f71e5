"""``extends = "base.snn.toml"``: the bases come first, and a file says what is different.

Tables merge, arrays and scalars replace, and a table that gives a ``kind`` replaces whole, so that
no momentum leaks from SGD into Adam. Of several bases, a later one lies on top of those before it.
"""

from collections.abc import Sequence

from snnc.resolve.bases import Read, chain
from snnc.resolve.collect import without
from snnc.resolve.merging import as_table, merge
from snnc.resolve.patch import check_own, patched
from snnc.source.source import Source
from snnc.source.tree import Tree

__all__ = ["Read", "as_table", "extend", "extended", "merge"]


def extend(source: Source, read: Read) -> Tree:
    """The document with its bases merged in. Raises Findings."""
    return extended(chain(source, read))


def extended(files: Sequence[Source]) -> Tree:
    """One document of several files, the lowest first. Raises Findings."""
    first, *others = map(_own, files)
    whole = patched(first)
    for own in others:
        whole = patched(merge(whole, own))
    return whole


def _own(source: Source) -> Tree:
    """The part of a file that is merged."""
    check_own(source.tree)
    return without(without(source.tree, "extends"), "abstract")
