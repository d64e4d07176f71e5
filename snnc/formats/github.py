"""GitHub Actions workflow commands, which show up as annotations in a pull request's diff."""

from collections.abc import Sequence

from snnc.formats._run import Run
from snnc.formats._visible import visible
from snnc.source.diagnostic import Diagnostic, Place


def render(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """``::error title=…,file=…,line=…::message``, a line each."""
    return "".join(f"{_command(diagnostic, run)}\n" for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic, run: Run) -> str:
    title = f"{diagnostic.code} {diagnostic.name}"
    properties = {
        "title": title,
        "file": run.within(diagnostic.place.path),
        **_region(diagnostic.place),
    }
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    command = "notice" if diagnostic.severity == "info" else diagnostic.severity
    return f"::{command} {written}::{_data(_message(diagnostic))}"


def _region(place: Place) -> dict[str, str]:
    """Columns only within one line: GitHub refuses them otherwise."""
    start, end = place.start, place.end
    if start.line != end.line:
        return {"line": str(start.line), "endLine": str(end.line)}
    return {"line": str(start.line), "col": str(start.column), "endColumn": str(end.column)}


def _message(diagnostic: Diagnostic) -> str:
    advice = [f"help: {diagnostic.help}"] if diagnostic.help else []
    notes = [f"{_location(note.place)}: note: {note.message}" for note in diagnostic.notes]
    return "\n".join([diagnostic.message, *advice, *notes])


def _location(place: Place) -> str:
    return f"{place.path}:{place.start.line}:{place.start.column}"


def _data(text: str) -> str:
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
