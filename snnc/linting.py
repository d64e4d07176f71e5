"""All specs of one run of the linter: what only several of them together can show."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import snnc
from snnc.document import Document
from snnc.duplicates import duplicates
from snnc.rules import lint
from snnc.source.diagnostic import Diagnostic, Findings


def findings(paths: Sequence[Path], settings: Sequence[str] = ()) -> list[Diagnostic]:
    """The findings in some specs, each as alone, and then those between them."""
    documents: dict[Path, Document] = {}
    found = [d for path in paths for d in _alone(path, settings, documents)]
    return [*found, *(twin for _, _, twin in duplicates([*documents.items()]))]


def _alone(
    path: Path, settings: Sequence[str], documents: dict[Path, Document]
) -> Iterator[Diagnostic]:
    try:
        document = snnc.load(path, settings)
        documents[path] = document
        yield from lint(document, snnc.link(document))
    except Findings as findings:
        yield from findings.diagnostics
