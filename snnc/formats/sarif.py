"""SARIF 2.1.0, the OASIS standard for analysis results that code scanning services read."""

import json
from collections.abc import Sequence
from urllib.parse import quote

from snnc.fixes import fixes_of
from snnc.formats._run import HOME, Meaning, Run
from snnc.source.diagnostic import Diagnostic, Fix, Note, Place

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def render(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """A log with one run, which has no results if there is nothing to say."""
    rules = dict(sorted({d.code: d for d in diagnostics}.items()))
    known = run.meanings(list(rules))
    driver = {
        "name": "snnc",
        "version": run.version,
        "semanticVersion": run.version,
        "informationUri": HOME,
        "rules": [_rule(diagnostic, known.get(code)) for code, diagnostic in rules.items()],
    }
    made = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "snnc/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, list(rules), run) for diagnostic in diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [made]}, indent=2) + "\n"


def _rule(diagnostic: Diagnostic, meaning: Meaning | None) -> dict[str, object]:
    """A code with its documentation, which servers show beside a result."""
    brief = meaning.brief if meaning else f"{diagnostic.name}."
    whole = meaning.whole if meaning else brief
    return {
        "id": diagnostic.code,
        "name": "".join(word.capitalize() for word in diagnostic.name.split("-")),
        "shortDescription": {"text": f"{diagnostic.name}: {_sentence(brief)}"},
        "fullDescription": {"text": brief},
        "help": {"text": whole, "markdown": whole},
        "defaultConfiguration": {"level": _level(diagnostic)},
        "properties": {"tags": ["snnc", diagnostic.name]},
    }


def _sentence(text: str) -> str:
    """The first sentence of a text."""
    return f"{text.partition('. ')[0].rstrip('.')}."


def _level(diagnostic: Diagnostic) -> str:
    return "note" if diagnostic.severity == "info" else diagnostic.severity


def _result(diagnostic: Diagnostic, codes: list[str], run: Run) -> dict[str, object]:
    advice = f"\nhelp: {diagnostic.help}" if diagnostic.help else ""
    result: dict[str, object] = {
        "ruleId": diagnostic.code,
        "ruleIndex": codes.index(diagnostic.code),
        "level": _level(diagnostic),
        "message": {"text": diagnostic.message + advice},
        "locations": [_location(diagnostic.place, run)],
    }
    if diagnostic.notes:
        result["relatedLocations"] = [_related(note, run) for note in diagnostic.notes]
    if fixes := fixes_of(diagnostic):
        result["fixes"] = [_fix(fix, run) for fix in fixes]
    return result


def _fix(fix: Fix, run: Run) -> dict[str, object]:
    """A fix, the likeliest of a finding first; what is at stake stands in its description."""
    warning = f" ({fix.safety}: {fix.warning})" if fix.warning else ""
    replacements = [
        {"deletedRegion": _region(edit.place), "insertedContent": {"text": edit.text}}
        for edit in fix.edits
    ]
    changes = {"artifactLocation": _artifact(fix.path, run), "replacements": replacements}
    return {"description": {"text": f"{fix.title}{warning}"}, "artifactChanges": [changes]}


def _related(note: Note, run: Run) -> dict[str, object]:
    return {**_location(note.place, run), "message": {"text": note.message}}


def _location(place: Place, run: Run) -> dict[str, object]:
    where = {"artifactLocation": _artifact(place.path, run), "region": _region(place)}
    return {"physicalLocation": where}


def _artifact(path: str, run: Run) -> dict[str, str]:
    return {"uri": quote(run.within(path), errors="surrogateescape")}


def _region(place: Place) -> dict[str, int]:
    """Lines and columns from 1; an empty one is where something is inserted."""
    return {
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    }
