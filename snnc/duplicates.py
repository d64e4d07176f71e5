"""Two specs of a run that make one package: each would replace what the other wrote."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from snnc.document import Document
from snnc.source.diagnostic import Diagnostic, Note, Place, Span
from snnc.source.source import Source


def folder(spec: Path, document: Document) -> Path:
    """The folder of the package where a spec says nothing else: beside it, under its name."""
    return Path(os.path.normpath(spec.parent / (document.spec.build.out or document.spec.name)))


def name_of(source: Source) -> Place:
    """The place of the ``name`` in a spec; its first line, if that of a base stands."""
    stated = source.tree.get("name")
    return stated.place if stated else source.place(Span(0, 0))


def duplicates(run: Sequence[tuple[Path, Document]]) -> Iterator[tuple[Path, Path, Diagnostic]]:
    """Each spec whose package a spec before it has, that spec, and the finding."""
    first: dict[str, tuple[Path, Document]] = {}
    for spec, document in run:
        package = folder(spec, document)
        other, theirs = first.setdefault(os.path.realpath(package), (spec, document))
        if other != spec:
            yield other, spec, _duplicate(package, document, other, theirs)


def _duplicate(package: Path, document: Document, other: Path, theirs: Document) -> Diagnostic:
    message = f"{package}/ is the package of {other} too"
    note = Note(name_of(theirs.source), "named here first")
    help = "give one of them another `name`, or another `out` in [build]"
    at = name_of(document.source)
    return Diagnostic("SNN509", "duplicate-package", message, at, help, (note,))
