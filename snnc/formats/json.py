"""The format for programs: all of a finding, as a JSON list of objects."""

import json
from collections.abc import Sequence

from snnc.fixes import fixes_of
from snnc.formats._run import Run
from snnc.source.diagnostic import Diagnostic, Fix, Place


def render(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """A list, empty if there is nothing to say. The end of a place is exclusive."""
    return json.dumps([_object(diagnostic) for diagnostic in diagnostics], indent=2) + "\n"


def _object(diagnostic: Diagnostic) -> dict[str, object]:
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "help": diagnostic.help,
        **_where(diagnostic.place),
        "notes": [{"message": n.message, **_where(n.place)} for n in diagnostic.notes],
        "fix": next((_fix(fix) for fix in fixes_of(diagnostic)), None),
    }


def _fix(fix: Fix) -> dict[str, object]:
    """The likeliest fix: its edits are in the order of the file, and do not overlap."""
    return {
        "title": fix.title,
        "safety": fix.safety,
        "warning": fix.warning,
        "edits": [{**_where(edit.place), "text": edit.text} for edit in fix.edits],
    }


def _where(place: Place) -> dict[str, object]:
    return {
        "path": place.path,
        "line": place.start.line,
        "column": place.start.column,
        "end_line": place.end.line,
        "end_column": place.end.column,
    }
