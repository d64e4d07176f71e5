"""A spec file, read, resolved and validated: text in, a frozen :class:`Spec` out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from snnc.choice import Choice, joined
from snnc.definitions import own_kinds
from snnc.neuron import SpikingNeuron
from snnc.refusals import refusals
from snnc.resolve import resolve
from snnc.source.diagnostic import Findings, Place
from snnc.source.source import Source, read
from snnc.source.tree import Tree
from snnc.spec import LAYERS, Spec


@dataclass(frozen=True)
class Document:
    """A valid spec and where each of its parts was written.

    ``settings`` are the ``--set`` assignments that it was read with.
    """

    source: Source
    tree: Tree
    spec: Spec
    settings: tuple[str, ...] = ()
    unused_vars: tuple[Tree, ...] = ()
    unused_defaults: tuple[Tree, ...] = ()

    def place(self, *path: str | int) -> Place:
        """Where the deepest part of ``path`` that the document has was written."""
        return self.tree.find(path)[0].place


def load(path: Path | str, settings: Sequence[str] = ()) -> Document:
    """The document at ``path``, with ``--set`` assignments applied.

    Raises:
        Findings: it is not a valid spec; with every mistake that could be told apart.
        OSError: it cannot be read.
    """
    source = read(path)
    kinds = Choice(*LAYERS).kinds()
    spiking = {name for name, kind in kinds.items() if issubclass(kind, SpikingNeuron)}
    resolved = resolve(source, settings, spiking, kinds, read)
    with joined(own_kinds(resolved.tree)):
        spec = validate(resolved.tree)
    unused = resolved.unused_vars, resolved.unused_defaults
    return Document(source, resolved.tree, spec, tuple(settings), *unused)


def validate(tree: Tree) -> Spec:
    """The spec that a resolved tree states. Raises Findings."""
    try:
        return Spec.model_validate(tree.plain())
    except ValidationError as error:
        raise Findings(*refusals(error, tree, Spec)) from None
