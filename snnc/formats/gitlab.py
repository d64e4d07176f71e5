"""GitLab's code quality report, which compares a merge request with its target branch.

A finding is recognised by its fingerprint. It leaves out the line, so that a finding that merely
moved is not taken for a new one; equal findings in one file are told apart by their number.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

from snnc.source.diagnostic import Diagnostic

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(diagnostics: Sequence[Diagnostic]) -> str:
    """A JSON list of issues, empty if there is nothing to say."""
    seen: Counter[tuple[str, str, str]] = Counter()
    issues = []
    for diagnostic in diagnostics:
        identity = (_path(diagnostic), diagnostic.code, diagnostic.message)
        issues.append(_issue(diagnostic, _fingerprint(*identity, str(seen[identity]))))
        seen[identity] += 1
    return json.dumps(issues, indent=2) + "\n"


def _issue(diagnostic: Diagnostic, fingerprint: str) -> dict[str, object]:
    place = diagnostic.place
    return {
        "description": f"{diagnostic.code} {diagnostic.name}: {diagnostic.message}",
        "check_name": diagnostic.name,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {
            "path": _path(diagnostic),
            "lines": {"begin": place.start.line, "end": place.end.line},
        },
    }


def _path(diagnostic: Diagnostic) -> str:
    """GitLab wants paths from the repository's root without a leading dot."""
    return diagnostic.place.path.removeprefix("./")


def _fingerprint(*parts: str) -> str:
    text = "\0".join(parts)
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()
