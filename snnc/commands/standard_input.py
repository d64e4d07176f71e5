"""``snnc lint -``: a spec from the standard input, as an editor gives it."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from snnc import terminal
from snnc.commands.findings import told
from snnc.commands.fix import difference
from snnc.fixing import fixed
from snnc.options import LintOptions
from snnc.source.diagnostic import Diagnostic
from snnc.source.reading import MOST_BYTES, SUFFIX, unsaved

Look = Callable[[Sequence[Path]], Sequence[Diagnostic]]
NAME = Path(f"stdin{SUFFIX}")


def lint_text(options: LintOptions, look: Look) -> int:
    """Looks at the text as if it were the file of that name; with --fix, prints it fixed."""
    if len(options.paths) > 1 or options.add_ignore or options.watch:
        raise terminal.UsageError("- stands alone: it is the spec on the standard input")
    path = options.stdin_filename or NAME
    if not path.name.endswith(SUFFIX):
        raise terminal.UsageError(f"--stdin-filename {path}: a spec is called NAME{SUFFIX}")
    text = _read()
    with unsaved({Path(os.path.realpath(path)): text}):
        if options.fix or options.diff:
            return _fixed(options, path, text, look)
        found = terminal.or_report(lambda: look([path]), options.output_format)
        return told(options, found, [path])


def _read() -> str:
    data = sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise terminal.UsageError("the standard input is not UTF-8") from None


def _fixed(options: LintOptions, path: Path, text: str, look: Look) -> int:
    """The text goes to stdout, and findings to stderr."""
    run = terminal.or_report(
        lambda: fixed([path], look, options.unsafe_fixes), options.output_format
    )
    if options.diff:
        sys.stdout.write(difference(run, [path]))
        return 1 if run.changed else 0
    sys.stdout.write(next((new.decode() for _, new in run.changed.values()), text))
    for finding in run.findings:
        line, column = finding.place.start
        terminal.say(f"{path}:{line}:{column}: {finding.severity}: {finding.message}")
    return 1 if any(finding.fails for finding in run.findings) else 0
