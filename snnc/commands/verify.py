"""``snnc verify``: runs the comparisons and prints them as they come."""

import sys
from importlib.util import find_spec

from snnc import terminal
from snnc.document import Document

_CLEAR = "\r\x1b[K"


def verify(document: Document, seed: int, batch: int, quick: bool, output_format: str) -> int:
    """Print a table, or JSON; exit code 1 if anything differs. Raises UsageError."""
    terminal.one_of("--format", output_format, ("full", "json"))
    if find_spec("torch") is None:
        raise terminal.UsageError("verify runs networks and needs torch: pip install 'snnc[torch]'")
    from snnc.verify import table
    from snnc.verify.run import Options, Verification

    options = Options(seed, batch, quick)
    made = terminal.or_report(lambda: Verification(document, options, _progress))
    say = sys.stdout.write if output_format == "full" else len
    say(f"{table.head(made.graph, made.batch, seed)}\n{table.line(None)}")
    rows = []
    for row in made.rows():
        _progress("")
        rows.append(row)
        say(table.line(row))
        sys.stdout.flush()
    _progress("")
    warnings = [*made.warnings]
    say("".join(f"warning: {text}\n" for text in warnings) + f"\n{table.summary(rows)}\n")
    sys.stdout.write(table.as_json(rows, warnings) if output_format == "json" else "")
    return 1 if any(row.finding for row in rows) else 0


def _progress(what: str) -> None:
    """Shows what is being compared until the next line is there; only on a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"{_CLEAR}{what}")
        sys.stderr.flush()
