"""The findings of a lint, printed as its options say."""

import sys
from collections.abc import Sequence
from pathlib import Path

from snnc import terminal
from snnc.options import LintOptions
from snnc.source.diagnostic import Diagnostic


def told(options: LintOptions, found: Sequence[Diagnostic], specs: Sequence[Path]) -> int:
    """Prints findings and how many they are; the exit code."""
    if options.statistics:
        from snnc.commands.statistics import statistics

        sys.stdout.write(statistics(found, options.output_format))
    else:
        terminal.report(found, options.output_format, specs)
    if options.output_format == "full":
        terminal.remark(terminal.summary(found, len(specs)))
    return 1 if any(finding.fails for finding in found) else 0
