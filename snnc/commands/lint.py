"""``snnc lint``: the findings in specs, and the paths that lead to none."""

from collections.abc import Sequence
from pathlib import Path

import snnc
from snnc import terminal


def lint(paths: Sequence[Path], settings: Sequence[str], output_format: str) -> int:
    """Prints the findings in all specs that can be found; gives the exit code.

    A path that leads to no spec is told after them, and is 2 whatever they are.
    """
    specs, missing = terminal.or_report(lambda: terminal.findable(paths), output_format)
    failed = _report(specs, settings, output_format) if specs or not missing else False
    for sentence in missing:
        terminal.say(f"snnc: {sentence}")
    return 2 if missing else int(failed)


def _report(specs: Sequence[Path], settings: Sequence[str], output_format: str) -> bool:
    """Prints the findings; gives whether one of them fails the run."""
    findings = snnc.check_all(specs, settings)
    terminal.report(findings, output_format, specs)
    if output_format == "full":
        terminal.say(terminal.summary(findings, len(specs)))
    return any(finding.fails for finding in findings)
