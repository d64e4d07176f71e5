"""SARIF 2.1.0, the OASIS standard for analysis results that code scanning services read."""

import json
from collections.abc import Sequence
from urllib.parse import quote

from snnc.source.diagnostic import Diagnostic, Note, Place

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """A log with one run, which has no results if there is nothing to say."""
    rules = dict(sorted({d.code: d.name for d in diagnostics}.items()))
    described = [{"id": code, "name": name} for code, name in rules.items()]
    run = {
        "tool": {"driver": {"name": "snnc", "rules": described}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, list(rules)) for diagnostic in diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _result(diagnostic: Diagnostic, codes: list[str]) -> dict[str, object]:
    advice = f"\nhelp: {diagnostic.help}" if diagnostic.help else ""
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": "note" if diagnostic.severity == "info" else diagnostic.severity,
        "message": {"text": diagnostic.message + advice},
        "locations": [_location(diagnostic.place)],
    }
    if diagnostic.notes:
        result["relatedLocations"] = [_related(note) for note in diagnostic.notes]
    return result


def _related(note: Note) -> dict[str, object]:
    return {**_location(note.place), "message": {"text": note.message}}


def _location(place: Place) -> dict[str, object]:
    uri = quote(place.path, errors="surrogateescape")
    region = {
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    }
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
