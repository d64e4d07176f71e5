"""Resolution of a tree: bases, settings, variables and defaults are inserted.

Each step takes a tree and returns a tree. Every value remembers where it was written. What is wrong
is told, and left out or unknown from then on, so that one run says everything.
"""

import re
from collections import ChainMap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from snnc.kinds import keys_of
from snnc.lazy import LazyMapping
from snnc.names import FIXED
from snnc.neuron import ResettingNeuron
from snnc.resolve.assign import assign
from snnc.resolve.bases import Read, chain
from snnc.resolve.collect import attempt
from snnc.resolve.defaults import Defaults, apply_defaults, defaults_of, sound_defaults
from snnc.resolve.extends import extended, merge, own
from snnc.resolve.patch import patched
from snnc.resolve.scope import Variables, settle, substitute_in
from snnc.resolve.variables import settle_document, unused, variables
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.source import Source
from snnc.source.tree import Tree

__all__ = ["Defaults", "Resolved", "Variables", "merge", "resolve", "settle", "substitute_in"]

SPIKE = re.compile(r"^[^#\n]*\bspike\s*\(", re.MULTILINE)
EVERYTHING = "*"
"""What a base that cannot be read may have stated."""


@dataclass(frozen=True)
class Resolved:
    """The document, its blocks still as written, and what a block needs where it is used.

    That is ``substitute_in(block, scope.inside(parameters))``, then ``defaults.apply`` for every
    layer. ``unused_vars`` and ``unused_defaults`` are the entries that had no effect. ``findings``
    are what is wrong; for that, ``lost`` tables and ``excused`` keys may be missing. ``merged`` is
    the document of all ``sources``, as written.
    """

    sources: tuple[Source, ...]
    merged: Tree
    tree: Tree
    scope: Variables
    defaults: Defaults
    unused_vars: tuple[Tree, ...] = ()
    unused_defaults: tuple[Tree, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    lost: frozenset[str] = frozenset()
    excused: frozenset[str] = frozenset()

    def with_tree(self, tree: Tree) -> "Resolved":
        """The same of another tree."""
        return replace(self, tree=tree)


def resolve(
    source: Source,
    settings: Sequence[str],
    spiking: Mapping[str, frozenset[str]],
    known: Mapping[str, Collection[str]],
    read: Read,
) -> Resolved:
    """extends → ``--set`` → vars → defaults. The file's own kinds are added to the known ones.

    ``known`` has the keys of every kind, ``spiking`` those of the kinds that spike.
    """
    sources, tree, lost, found = _whole(source, settings, read)
    fires = ChainMap(_spiking(tree), cast("dict[str, frozenset[str]]", spiking))  # only read
    scope, problems = variables(tree)
    document, wrong = settle_document(tree, scope)
    sound, bad, excused = sound_defaults(document, {*known, *_own(tree)})
    keys = LazyMapping(known, lambda name: frozenset(known[name]).union(FIXED), every=True)
    defaults = defaults_of(sound, fires, keys)
    full, idle = apply_defaults(sound, defaults)
    return Resolved(
        sources=sources,
        merged=tree,
        tree=full,
        scope=scope,
        defaults=defaults,
        unused_vars=_entries(tree, "vars", unused(tree)),
        unused_defaults=idle,
        findings=(*found, *problems, *wrong, *bad),
        lost=lost,
        excused=excused,
    )


def _whole(
    source: Source, settings: Sequence[str], read: Read
) -> tuple[tuple[Source, ...], Tree, frozenset[str], tuple[Diagnostic, ...]]:
    """All files, and the tree of them with settings, without what is wrong."""
    found: list[Diagnostic] = []
    sources, lost = attempt(lambda: chain(source, read)), source.lost
    if isinstance(sources, Findings):
        found += sources.diagnostics
        sources, lost = (source,), frozenset({EVERYTHING})
        tree = own(source)
    else:
        tree, wrong = extended(sources)
        found += wrong
    for setting in settings:
        made = attempt(partial(assign, tree, [setting]))
        if isinstance(made, Findings):
            found += made.diagnostics
        else:
            tree = made
    tree, wrong = patched(tree)
    found += () if EVERYTHING in lost else wrong
    return sources, tree, lost, tuple(found)


def _own(tree: Tree) -> list[str]:
    return [*_table(tree, "blocks"), *_table(tree, "neurons")]


def _spiking(tree: Tree) -> dict[str, frozenset[str]]:
    """Own neurons whose equations spike, with their keys."""
    own = _table(tree, "neurons")
    steps = {name: node.get("step") for name, node in own.items()}
    fires = [name for name, step in steps.items() if step and SPIKE.search(str(step.value))]
    return {name: keys_of(ResettingNeuron).union(_table(own[name], "parameters")) for name in fires}


def _table(tree: Tree, name: str) -> dict[str, Tree]:
    node = tree.get(name)
    return node.table if node else {}


def _entries(tree: Tree, name: str, keys: Collection[str]) -> tuple[Tree, ...]:
    return tuple(node for key, node in _table(tree, name).items() if key in keys)
