"""Findings as JSON that holds all of them but the texts of files, and back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from snnc.source.diagnostic import Diagnostic, Edit, Fix, Note, Origin, Place, Span

_NOTES: Mapping[str, type[Note]] = {"note": Note, "origin": Origin}


def to_json(found: Iterable[Diagnostic], texts: Mapping[str, str]) -> list[object] | None:
    """The findings; None if one is about a text that is not among ``texts``."""
    rows = [(each, [each.place, *_others(each)]) for each in found]
    if any(texts.get(place.path) != place.text for _, places in rows for place in places):
        return None
    return [_row(each) for each, _ in rows]


def from_json(rows: Sequence[Any], texts: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """The findings again. Raises KeyError, TypeError, ValueError."""
    return tuple(_finding(row, texts) for row in rows)


def _others(finding: Diagnostic) -> list[Place]:
    edits = [edit for fix in finding.fixes for edit in fix.edits]
    return [*(note.place for note in finding.notes), *(edit.place for edit in edits)]


def _row(finding: Diagnostic) -> object:
    return {
        "said": [finding.code, finding.name, finding.message, finding.help, finding.severity],
        "place": _place(finding.place),
        "notes": [
            [type(note).__name__.lower(), _place(note.place), note.message]
            for note in finding.notes
        ],
        "fixes": [
            [f.title, [[_place(e.place), e.text] for e in f.edits], f.safety, f.warning]
            for f in finding.fixes
        ],
    }


def _place(place: Place) -> list[str | int]:
    return [place.path, *place.span]


def _finding(row: Any, texts: Mapping[str, str]) -> Diagnostic:
    def place(stored: Any) -> Place:
        path, start, end = stored
        return Place(path, texts[path], Span(start, end))

    code, name, message, help, severity = row["said"]
    notes = tuple(_NOTES[kind](place(at), told) for kind, at, told in row["notes"])
    fixes = tuple(
        Fix(title, tuple(Edit(place(at), text) for at, text in edits), safety, warning)
        for title, edits, safety, warning in row["fixes"]
    )
    at = place(row["place"])
    return Diagnostic(code, name, message, at, help, notes, severity, fixes=fixes)
