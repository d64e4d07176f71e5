"""JUnit XML, the report that every continuous integration server shows.

An error or a warning is a failed test case. An info is a passed one, with the text as its output.
"""

import re
from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from snnc.formats._run import Run
from snnc.formats._visible import visible
from snnc.source.diagnostic import Diagnostic

_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """One suite a file, one case a finding; a file without findings is a passed case."""
    groups = {path: list(group) for path, group in groupby(sorted(diagnostics, key=_path), _path)}
    clean = [path for path in run.paths if path not in groups]
    root = Element("testsuites", {"name": "snnc", **_counts(diagnostics, len(clean))})
    for path in sorted([*groups, *clean]):
        _suite(root, path, groups.get(path, []))
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def _suite(root: Element, path: str, diagnostics: list[Diagnostic]) -> None:
    counts = _counts(diagnostics, not diagnostics)
    suite = SubElement(root, "testsuite", {"name": _legal(path), **counts})
    if not diagnostics:
        SubElement(suite, "testcase", name="snnc", classname=_legal(path), file=_legal(path))
    for diagnostic in diagnostics:
        _case(suite, diagnostic)


def _case(suite: Element, diagnostic: Diagnostic) -> None:
    line, column = diagnostic.place.start
    path, message = _legal(_path(diagnostic)), _legal(diagnostic.message)
    name = f"{diagnostic.code} {diagnostic.name} {line}:{column}"
    case = SubElement(suite, "testcase", name=name, classname=path, file=path, line=str(line))
    advice = f"\nhelp: {_legal(diagnostic.help)}" if diagnostic.help else ""
    if diagnostic.fails:
        told = SubElement(case, "failure", type=diagnostic.severity, message=message)
    else:
        told = SubElement(case, "system-out")
    told.text = f"{path}:{line}:{column}: {message}{advice}"


def _counts(diagnostics: Sequence[Diagnostic], passed: int) -> dict[str, str]:
    failures = sum(diagnostic.fails for diagnostic in diagnostics)
    return {"tests": str(len(diagnostics) + passed), "failures": str(failures), "errors": "0"}


def _path(diagnostic: Diagnostic) -> str:
    return diagnostic.place.path


def _legal(text: str) -> str:
    """XML has no way to write most control characters, and none is to steer a terminal."""
    shown = "\n".join(visible(line) for line in text.split("\n"))
    return _FORBIDDEN.sub("\ufffd", shown)
