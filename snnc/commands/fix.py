"""``snnc lint --fix`` and ``--diff``: what fixes change, and what they leave."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from snnc import project, terminal
from snnc.commands.findings import told
from snnc.fixing import FixedRun, FixOffer, fixed
from snnc.options import LintOptions
from snnc.source.diagnostic import Diagnostic

Look = Callable[[Sequence[Path]], Sequence[Diagnostic]]
_MOST = 10
"""Fixes that wait, or concern checkpoints, which are told one by one."""


def fix(options: LintOptions, specs: Sequence[Path], look: Look) -> int:
    """Writes the fixes, or prints them; the exit code."""
    run = terminal.or_report(
        lambda: fixed(specs, look, options.unsafe_fixes), options.output_format
    )
    if options.diff:
        sys.stdout.write(difference(run, specs))
        _say(run, f"would fix {terminal.plural(len(run.applied), 'finding')}")
        return 1 if run.changed else 0
    project.replace({path: new for path, (_, new) in run.changed.items()})
    code = told(options, run.findings, specs)
    _say(run, f"fixed {terminal.plural(len(run.applied), 'finding')}")
    return code


def difference(run: FixedRun, specs: Sequence[Path]) -> str:
    """The fixes as a unified diff, under the names that the specs were given by."""
    shown = {path.resolve(): path.as_posix() for path in reversed(specs)}
    return "".join(
        line
        for path, (old, new) in run.changed.items()
        for line in project.diff_of_texts(
            shown.get(path, path.as_posix()), old.decode(), new.decode()
        )
    )


def _say(run: FixedRun, done: str) -> None:
    """Says what was done, what it does to checkpoints, and what waits."""
    for offer in [offer for offer in run.applied if offer.checkpoint or offer.fix.warning][:_MOST]:
        terminal.remark(f"{_where(offer)}: {offer.fix.title}: {_stake(offer)}")
    terminal.remark(done)
    for offer in run.waiting[:_MOST]:
        terminal.remark(f"{_where(offer)}: with --unsafe-fixes: {offer.fix.title}: {_stake(offer)}")
    if more := len(run.waiting[_MOST:]):
        terminal.remark(f"{more} more with --unsafe-fixes")


def _where(offer: FixOffer) -> str:
    line, column = offer.finding.place.start
    return f"{offer.finding.place.path}:{line}:{column}"


def _stake(offer: FixOffer) -> str:
    return "; ".join(text for text in (offer.fix.warning, offer.checkpoint) if text)
