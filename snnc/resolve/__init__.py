"""Resolution of a tree: bases, settings, variables and defaults are inserted.

Each step takes a tree and returns a tree. Every value remembers where it was written.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from snnc.kinds import keys_of
from snnc.neuron import ResettingNeuron
from snnc.resolve.assign import assign
from snnc.resolve.bases import Read, chain
from snnc.resolve.collect import attempt, diagnostics
from snnc.resolve.defaults import Defaults, apply_defaults, check_defaults, defaults_of
from snnc.resolve.extends import extended, merge
from snnc.resolve.patch import patched
from snnc.resolve.scope import Variables, substitute_in
from snnc.resolve.variables import substitute_document, used, variables
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.source import Source
from snnc.source.tree import Tree

__all__ = ["Defaults", "Resolved", "Variables", "merge", "resolve", "substitute_in"]

SPIKE = re.compile(r"^[^#\n]*\bspike\s*\(", re.MULTILINE)


@dataclass(frozen=True)
class Resolved:
    """The document, its blocks still as written, and what a block needs where it is used.

    That is ``substitute_in(block, scope.inside(parameters))``, then ``defaults.apply`` for every
    layer. ``unused_vars`` and ``unused_defaults`` are the entries that had no effect; ``merged`` is
    the document of all ``sources``, as written.
    """

    sources: tuple[Source, ...]
    merged: Tree
    tree: Tree
    scope: Variables
    defaults: Defaults
    unused_vars: tuple[Tree, ...] = ()
    unused_defaults: tuple[Tree, ...] = ()


def resolve(
    source: Source,
    settings: Sequence[str],
    spiking: Mapping[str, Collection[str]],
    known: Collection[str],
    read: Read,
) -> Resolved:
    """extends → ``--set`` → vars → defaults. The file's own kinds are added to the known ones.

    ``spiking`` has the keys of every kind that spikes.
    """
    sources = chain(source, read)
    tree = patched(assign(extended(sources), settings))
    fires = {**{name: frozenset(keys) for name, keys in spiking.items()}, **_spiking(tree)}
    known = {*known, *_own(tree)}
    scope, document = _substitute(tree, known)
    full, unused = apply_defaults(document, fires, known)
    return Resolved(
        sources=sources,
        merged=tree,
        tree=full,
        scope=scope,
        defaults=defaults_of(document, fires),
        unused_vars=_entries(tree, "vars", _table(tree, "vars").keys() - used(tree)),
        unused_defaults=_entries(tree, "defaults", unused),
    )


def _substitute(tree: Tree, known: Collection[str]) -> tuple[Variables, Tree]:
    """The document without its variables; kinds that do not exist are reported in the same run."""
    scope, problems = variables(tree)
    document = attempt(lambda: substitute_document(tree, scope))
    if isinstance(document, Findings) or problems:
        raise Findings(*problems, *diagnostics(document), *_strange(tree, known))
    return scope, document


def _strange(tree: Tree, known: Collection[str]) -> list[Diagnostic]:
    return [d for d in check_defaults(tree, known) if d.name == "unknown-kind"]


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
