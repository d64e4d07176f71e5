"""A spec file, read, resolved and validated: text in, a frozen :class:`Spec` out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from snnc.blocks import Container, Expanded, InferredSize, expand
from snnc.choice import Choice, joined
from snnc.kinds import keys_of
from snnc.neuron import SpikingNeuron
from snnc.resolve import resolve
from snnc.source.diagnostic import Diagnostic, Findings, Place
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

    def place(self, *path: str | int) -> Place:
        """The place of the deepest part of ``path`` that the document has."""
        return self.tree.find(path)[0].place


@sparing()
def load(path: Path | str, settings: Sequence[str] = ()) -> Document:
    """The document at ``path``, with ``--set`` assignments applied.

    Raises:
        Findings: it is not a valid spec; with every mistake that could be told apart.
        OSError: it cannot be read.
    """
    source = read(path)
    kinds = Choice(*LAYERS).kinds()
    spiking = {n: keys_of(kind) for n, kind in kinds.items() if issubclass(kind, SpikingNeuron)}
    resolved = resolve(source, settings, spiking, kinds, partial(read, root=project(Path(path))))
    _refuse(extremes(resolved.tree))
    with joined(own_kinds(resolved.tree)):
        flat = expand(resolved, Choice(*LAYERS).kinds())
        _refuse(extremes(flat.tree))  # expressions of blocks have made numbers of their own
        spec = validate(flat)
    unused = resolved.unused_vars, resolved.unused_defaults, flat.unused
    found = flat.blocks, flat.sizes, flat.problems
    return Document(source, flat.tree, spec, tuple(settings), *unused, *found)


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
