"""Findings as an editor shows them."""

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from lsprotocol import types

from snnc.lsp.analysis import Analysis
from snnc.source.diagnostic import Diagnostic, Note, Place, Span

Locate = Callable[[Place], types.Location]
"""The location of a place, in whatever file it is."""

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "info": types.DiagnosticSeverity.Information,
}
_FADED = ("unused-", "dead-layer", "useless-layer")
"""Beginnings of the names of rules that tell of something without an effect."""


def published(analysis: Analysis, locate: Locate) -> list[types.Diagnostic]:
    """The diagnostics of the file itself.

    An error in a base is shown where the file leads to that base.
    """
    shown = (_shown(found, analysis, locate) for found in dict.fromkeys(analysis.findings))
    return [each for each in shown if each is not None]


def _shown(found: Diagnostic, analysis: Analysis, locate: Locate) -> types.Diagnostic | None:
    if found.place.path == analysis.path:
        return diagnostic_of(found, locate)
    if found.severity != "error":
        return None
    where = f"{PurePosixPath(found.place.path).name}:{found.place.start.line}"
    note, link = Note(found.place, found.message), _link(found, analysis)
    return _diagnostic(found, link, f"{where}: {said(found)}", (note,), locate)


def diagnostic_of(found: Diagnostic, locate: Locate) -> types.Diagnostic:
    """A finding in the text itself."""
    return _diagnostic(found, found.place, said(found), found.notes, locate)


def _link(found: Diagnostic, analysis: Analysis) -> Place:
    """The place in a spec that leads to another file: a note, ``extends``, or its beginning."""
    note = next((note for note in found.notes if note.place.path == analysis.path), None)
    if note is not None:
        return note.place
    stated = analysis.sources[-1].tree.get("extends") if analysis.sources else None
    return stated.place if stated else Place(analysis.path, "", Span(0, 0))


def _diagnostic(
    found: Diagnostic, place: Place, message: str, notes: tuple[Note, ...], locate: Locate
) -> types.Diagnostic:
    faded = found.name.startswith(_FADED)
    return types.Diagnostic(
        range=locate(place).range,
        message=message,
        severity=_SEVERITIES[found.severity],
        code=found.name,
        source="snnc",
        tags=[types.DiagnosticTag.Unnecessary] if faded else None,
        related_information=[*_related(notes, locate)] or None,
    )


def _related(
    notes: tuple[Note, ...], locate: Locate
) -> Iterator[types.DiagnosticRelatedInformation]:
    for note in notes:
        if note.place.text:  # a place on the command line is in no file
            yield types.DiagnosticRelatedInformation(locate(note.place), note.message)


def said(found: Diagnostic) -> str:
    """The sentence and the help of a finding."""
    return f"{found.message}\nhelp: {found.help}" if found.help else found.message
