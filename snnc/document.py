"""A spec file, read, resolved and validated: text in, a frozen :class:`Spec` out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from snnc.blocks import Container, Expanded, InferredSize, expand
from snnc.blocks.unused import unused
from snnc.choice import Choice, joined
from snnc.flags import unconfigured
from snnc.kinds import Kind, catalog, keys_of
from snnc.lazy import LazyMapping
from snnc.neuron import SpikingNeuron
from snnc.resolve import EVERYTHING, Resolved, resolve
from snnc.resolve.bases import is_abstract
from snnc.source.diagnostic import Diagnostic, Findings, Place, Span
from snnc.source.nearest import sparing
from snnc.source.reading import at_most, project
from snnc.source.source import Source, read, read_on
from snnc.source.tree import Path as TreePath
from snnc.source.tree import Tree
from snnc.spec import LAYERS, Spec
from snnc.user_kinds import own_kinds
from snnc.validation.extremes import extremes, without_extremes
from snnc.validation.repair import Repaired, repaired

_WORD = re.compile(r"\w+")
_SHORT = 200
EDGES = "from"
"""In doubt, if there are layers that are left out."""


Definition = tuple[str, Span]
_DEFINING = ("vars", "defaults", "blocks")
_LEFT_OPEN = frozenset({"missing-key", "unknown-variable"})
"""Errors that an abstract spec may have: whatever extends it says the rest."""


@dataclass(frozen=True)
class Document:
    """A valid spec and where each of its parts was written.

    ``tree`` and ``spec`` are flat: no blocks, every layer named by its path. ``blocks`` are the
    uses and repetitions by path, ``sizes`` what shape inference has to put in, ``problems`` what
    is wrong with names. ``unnamed`` are the layers and uses that state no name, by the path that
    they get. ``settings`` are the ``--set`` assignments that it was read with.
    ``doubt`` has the keys at the top of which something was wrong and is left out. ``sources`` are
    all of its files, the lowest base first.
    """

    source: Source
    tree: Tree
    spec: Spec
    settings: tuple[str, ...] = ()
    unused_vars: tuple[Tree, ...] = ()
    unused_defaults: tuple[Tree, ...] = ()
    unused_blocks: tuple[Tree, ...] = ()
    blocks: Mapping[str, Container] = field(default_factory=dict)
    sizes: Mapping[str, InferredSize] = field(default_factory=dict)
    problems: tuple[Diagnostic, ...] = ()
    unnamed: Mapping[str, Tree] = field(default_factory=dict)
    doubt: frozenset[str] = frozenset()
    sources: tuple[Source, ...] = ()

    def place(self, *path: str | int) -> Place:
        """The place of the deepest part of ``path`` that the document has."""
        return self.tree.find(path)[0].place


@dataclass(frozen=True)
class Examined:
    """The findings in a spec, and the document without that; None if too little is left.

    ``sources`` are all of its files, the lowest base first. ``definitions`` are the places of what
    ``[vars]``, ``[defaults]`` and ``[blocks]`` state, and ``used`` those with an effect.
    ``abstract``: it is only a base, and may lack what others state.
    """

    document: Document | None
    findings: tuple[Diagnostic, ...]
    source: Source
    sources: tuple[Source, ...] = ()
    definitions: frozenset[Definition] = frozenset()
    used: frozenset[Definition] = frozenset()
    abstract: bool = False


def load(path: Path | str, settings: Sequence[str] = ()) -> Document:
    """The document at ``path``, with ``--set`` assignments applied.

    Raises:
        Findings: it is not a valid spec; with every mistake that could be told apart.
        OSError: it cannot be read.
    """
    examined = examine(path, settings)
    if examined.abstract:
        raise Findings(_abstract(examined.source))
    if examined.findings or examined.document is None:
        raise Findings(*examined.findings)
    return examined.document


@sparing()
def examine(path: Path | str, settings: Sequence[str] = ()) -> Examined:
    """The document at ``path`` as far as it is right, and what is wrong with it.

    Raises:
        Findings: nothing of it can be read, or the configuration of its project is wrong.
        OSError: it cannot be read.
    """
    with at_most(_limit(project(Path(path)))):
        return _examined(path, settings)


def _limit(root: Path) -> int | None:
    """The bytes of a file that the configuration of a project allows, if it says so."""
    if unconfigured(root):
        return None
    from snnc.configuration import configuration

    return configuration(root).limits.file_size


def _examined(path: Path | str, settings: Sequence[str]) -> Examined:
    source = read_on(path)
    abstract = is_abstract(source)
    kinds = Choice(*LAYERS).kinds()
    spiking = LazyMapping(catalog(LAYERS[1]), lambda name: _spiking_keys(kinds[name]))
    keys = LazyMapping(kinds, lambda name: keys_of(kinds[name]), every=True)
    resolved = resolve(source, settings, spiking, keys, partial(read, root=project(Path(path))))
    found = [*source.findings, *resolved.findings]
    tree = _fitting(resolved.tree, found)
    own = own_kinds(tree)
    found += own.findings
    with joined(own.kinds):
        try:
            flat = expand(resolved.with_tree(own.tree), Choice(*LAYERS).kinds())
        except Findings as too_many:
            wrong = _once([*found, *too_many.diagnostics])
            return Examined(None, wrong, source, resolved.sources, abstract=abstract)
        found += flat.findings
        flat_tree = _fitting(flat.tree, found)  # expressions of blocks made numbers of their own
        made = repaired(flat_tree, flat.broken, partial(_excused, resolved))
    found += made.findings
    findings = _once(found)
    document = _document(source, settings, resolved, flat, made, findings)
    if abstract and any(d.name in _LEFT_OPEN for d in findings):
        document, findings = None, tuple(d for d in findings if d.name not in _LEFT_OPEN)
    defined = frozenset(_definitions(resolved.merged))
    dead = (*resolved.unused_vars, *resolved.unused_defaults, *unused(resolved.tree))
    used = defined - {(node.key.path, node.key.span) for node in dead}
    return Examined(document, findings, source, resolved.sources, defined, used, abstract)


def _spiking_keys(kind: type[Kind]) -> frozenset[str] | None:
    return keys_of(kind) if issubclass(kind, SpikingNeuron) else None


def _definitions(tree: Tree) -> Iterator[Definition]:
    """The places of the keys in the tables that define something, however deep."""
    waiting = [node for name in _DEFINING if (node := tree.get(name))]
    while waiting:
        node = waiting.pop()
        yield node.key.path, node.key.span
        waiting += [*node.table.values(), *node.items]


def _abstract(source: Source) -> Diagnostic:
    message = "this spec is abstract: only specs that extend it are networks"
    help = "name one that extends it, or remove `abstract`"
    return Diagnostic("SNN109", "abstract-spec", message, source.tree.table["abstract"].key, help)


def _document(
    source: Source,
    settings: Sequence[str],
    resolved: Resolved,
    flat: Expanded,
    made: Repaired,
    findings: Sequence[Diagnostic],
) -> Document | None:
    if made.spec is None:
        return None
    meant = partial(_not_meant, findings, resolved.lost)
    return Document(
        source=source,
        tree=made.tree,
        spec=made.spec,
        settings=tuple(settings),
        unused_vars=meant(resolved.unused_vars),
        unused_defaults=meant(resolved.unused_defaults),
        unused_blocks=meant(flat.unused),
        blocks=flat.blocks,
        sizes=flat.sizes,
        problems=flat.problems,
        unnamed=flat.unnamed,
        doubt=made.doubt | resolved.lost | ({EDGES} if flat.findings else set()),
        sources=resolved.sources,
    )


def _fitting(tree: Tree, found: list[Diagnostic]) -> Tree:
    """The tree without the numbers that nothing can hold, which are told."""
    wrong = extremes(tree)
    found += wrong
    return without_extremes(tree) if wrong else tree


def _excused(resolved: Resolved, path: TreePath, key: str) -> bool:
    """Whether a key may be missing: it was lost in a text that could not be read."""
    lost, top = resolved.lost, str(path[0]).removesuffix("s") if path else key
    if EVERYTHING in lost or top in lost or f"{top}s" in lost:
        return True
    return "" in lost if not path else "layers" in path and key in resolved.excused


def _not_meant(
    findings: Sequence[Diagnostic], lost: frozenset[str], trees: tuple[Tree, ...]
) -> tuple[Tree, ...]:
    """Entries that nothing uses, less those that another finding is about; none of a lost text."""
    if lost:
        return ()
    texts = (f"{d.message} {d.help} {d.place.quoted[:_SHORT]}" for d in findings)
    named = {word for text in texts for word in _WORD.findall(text)}
    places = {d.origin for d in findings}
    return tuple(t for t in trees if _name(t) not in named and t.key not in places)


def _name(entry: Tree) -> str:
    return entry.key.quoted.strip("[] ").rpartition(".")[2].strip("\"' ")


def _once(found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Each mistake once: one in a block is told where it is written, not again where it is used."""
    first: dict[tuple[Place, str, str], Diagnostic] = {}
    for diagnostic in found:
        first.setdefault((diagnostic.origin, diagnostic.code, diagnostic.message), diagnostic)
    return tuple(first.values())
