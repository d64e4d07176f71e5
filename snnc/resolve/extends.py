"""``extends = "base.snn.toml"``: the bases come first, and a file says what is different.

Tables merge, arrays and scalars replace, and a table that gives a ``kind`` replaces whole, so that
no momentum leaks from SGD into Adam. Of several bases, a later one lies on top of those before it.
"""

from collections.abc import Sequence

from snnc.resolve.bases import Read, chain
from snnc.resolve.collect import without
from snnc.resolve.merging import as_table, merge
from snnc.resolve.patch import doubled, patched
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.source import Source
from snnc.source.tree import Tree

__all__ = ["Read", "as_table", "extend", "extended", "merge", "own"]


def extend(source: Source, read: Read) -> Tree:
    """The document with its bases merged in. Raises Findings."""
    tree, wrong = extended(chain(source, read))
    if wrong:
        raise Findings(*wrong)
    return tree


def extended(files: Sequence[Source]) -> tuple[Tree, list[Diagnostic]]:
    """One document of several files, the lowest first, and the patches that cannot be made."""
    first, *others = files
    whole, found = patched(own(first))
    found = [*doubled(first.tree), *found]
    for source in others:
        whole, wrong = patched(merge(whole, own(source)))
        found += [*doubled(source.tree), *wrong]
    return whole, found


def own(source: Source) -> Tree:
    """The part of a file that is merged."""
    return without(without(source.tree, "extends"), "abstract")
