"""One line for each finding, as compilers print them: editors and grep know how to read it."""

from collections.abc import Sequence

from snnc.formats._run import Run
from snnc.formats._visible import visible
from snnc.source.diagnostic import Diagnostic, shown


def render(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """``path:line:column: error: code name message``, a line each."""
    return "".join(f"{_line(diagnostic)}\n" for diagnostic in diagnostics)


def _line(diagnostic: Diagnostic) -> str:
    text = f"{diagnostic.severity}: {diagnostic.code} {diagnostic.name} {diagnostic.message}"
    return visible(f"{shown(diagnostic.place)}: {text}")
