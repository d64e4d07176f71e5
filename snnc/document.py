"""A spec file, read, resolved and validated: text in, a frozen :class:`Spec` out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from snnc.blocks import Container, Expanded, InferredSize, expand
from snnc.blocks.unused import unused
from snnc.choice import Choice, joined
from snnc.kinds import keys_of
from snnc.neuron import SpikingNeuron
from snnc.resolve import Resolved, resolve
from snnc.resolve.bases import Read, is_abstract
from snnc.source.diagnostic import Diagnostic, Findings, Place, Span
from snnc.source.nearest import sparing
from snnc.source.reading import project
from snnc.source.source import Source, read
from snnc.source.tree import Tree
from snnc.spec import LAYERS, Spec
from snnc.user_kinds import own_kinds
from snnc.validation import refusals
from snnc.validation.extremes import extremes


@dataclass(frozen=True)
class Document:
    """A valid spec and where each of its parts was written.

    ``tree`` and ``spec`` are flat: no blocks, every layer named by its path. ``blocks`` are the
    uses and repetitions by path, ``sizes`` what shape inference has to put in, ``problems`` what
    is wrong with names. ``settings`` are the ``--set`` assignments that it was read with.
    ``sources`` are all files, the lowest base first, and ``definitions`` the places of what
    ``[vars]``, ``[defaults]`` and ``[blocks]`` state.
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
    sources: tuple[Source, ...] = ()
    definitions: frozenset[tuple[str, Span]] = frozenset()

    def place(self, *path: str | int) -> Place:
        """The place of the deepest part of ``path`` that the document has."""
        return self.tree.find(path)[0].place


_DEFINING = ("vars", "defaults", "blocks")


def load(path: Path | str, settings: Sequence[str] = ()) -> Document:
    """The document at ``path``, with ``--set`` assignments applied.

    Raises:
        Findings: it is not a valid spec; with every mistake that could be told apart.
        OSError: it cannot be read.
    """
    source = read(path)
    if is_abstract(source):
        raise Findings(_abstract(source))
    return of(source, settings)


@sparing()
def of(source: Source, settings: Sequence[str] = ()) -> Document:
    """The document of a file, which may be abstract. Raises Findings."""
    resolved = _resolved(source, settings)
    _refuse(extremes(resolved.tree))
    with joined(own_kinds(resolved.tree)):
        flat = expand(resolved, Choice(*LAYERS).kinds())
        _refuse(extremes(flat.tree))  # expressions of blocks have made numbers of their own
        spec = validate(flat)
    dead = resolved.unused_vars, resolved.unused_defaults, flat.unused
    found = flat.blocks, flat.sizes, flat.problems
    chain = resolved.sources, frozenset(_definitions(resolved.merged))
    return Document(source, flat.tree, spec, tuple(settings), *dead, *found, *chain)


def used_in(source: Source, settings: Sequence[str] = ()) -> frozenset[tuple[str, Span]]:
    """The places of the definitions that a file uses, which may lack all else. Raises Findings."""
    found = _resolved(source, settings)
    dead = (*found.unused_vars, *found.unused_defaults, *unused(found.tree))
    return frozenset(_definitions(found.merged)) - {(n.key.path, n.key.span) for n in dead}


def _resolved(source: Source, settings: Sequence[str]) -> Resolved:
    kinds = Choice(*LAYERS).kinds()
    spiking = {n: keys_of(kind) for n, kind in kinds.items() if issubclass(kind, SpikingNeuron)}
    return resolve(source, settings, spiking, kinds, reader(source))


def reader(source: Source) -> Read:
    """The way to read what a file extends: nothing outside of its project."""
    return partial(read, root=project(Path(source.path)))


def _definitions(tree: Tree) -> Iterator[tuple[str, Span]]:
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


def _refuse(findings: Sequence[Diagnostic]) -> None:
    if findings:
        raise Findings(*findings)


def validate(flat: Expanded) -> Spec:
    """The spec that a flat document states. Raises Findings."""
    try:
        spec = Spec.model_validate(flat.tree.plain())
    except ValidationError as error:
        raise Findings(*flat.findings, *refusals(error, flat.tree, Spec)) from None
    if flat.findings:
        raise Findings(*flat.findings)
    return spec
