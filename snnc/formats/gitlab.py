"""GitLab's code quality report, which compares a merge request with its target branch.

A finding is recognised by its fingerprint. It leaves out the line, so that a finding that merely
moved is not taken for a new one; equal findings in one file are told apart by their number.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

from snnc.formats._run import Run
from snnc.source.diagnostic import Diagnostic

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(diagnostics: Sequence[Diagnostic], run: Run) -> str:
    """A JSON list of issues, empty if there is nothing to say."""
    seen: Counter[tuple[str, str, str]] = Counter()
    issues = []
    for diagnostic in diagnostics:
        path = run.within(diagnostic.place.path)
        identity = (path, diagnostic.code, diagnostic.message)
        issues.append(_issue(diagnostic, path, _fingerprint(*identity, str(seen[identity]))))
        seen[identity] += 1
    return json.dumps(issues, indent=2) + "\n"


def _issue(diagnostic: Diagnostic, path: str, fingerprint: str) -> dict[str, object]:
    place = diagnostic.place
    return {
        "description": f"{diagnostic.code} {diagnostic.name}: {diagnostic.message}",
        "check_name": diagnostic.name,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {
            "path": path,
            "lines": {"begin": place.start.line, "end": place.end.line},
        },
    }


def _fingerprint(*parts: str) -> str:
    text = "\0".join(parts)
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
