"""``snnc lint --statistics``: how often each code was found."""

import json
from collections import Counter
from collections.abc import Sequence

from snnc.fixes import fixes_of
from snnc.source.diagnostic import Diagnostic


def statistics(found: Sequence[Diagnostic], output_format: str) -> str:
    """A line for each code, the most frequent first; as JSON if that is the format.

    ``[*]`` marks a code of which some finding has a fix.
    """
    once = list(dict.fromkeys(found))
    counts = Counter((each.code, each.name, each.severity) for each in once)
    fixable = {each.code for each in once if fixes_of(each)}
    rows = [
        {"code": code, "name": name, "severity": severity, "count": n, "fixable": code in fixable}
        for (code, name, severity), n in sorted(counts.items(), key=lambda row: (-row[1], row[0]))
    ]
    if output_format == "json":
        return json.dumps(rows, indent=2) + "\n"
    return "".join(
        f"{row['count']:>5}  {row['code']}  [{'*' if row['fixable'] else ' '}] {row['name']}\n"
        for row in rows
    )
