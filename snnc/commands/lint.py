"""``snnc lint``: findings, their fixes, and comments that ignore them."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from snnc import run_cache, terminal
from snnc.commands.findings import told
from snnc.options import LintOptions
from snnc.source.diagnostic import Diagnostic

STDIN = Path("-")


def lint(options: LintOptions) -> int:
    """Looks at specs and prints what it finds; the exit code."""
    terminal.one_of("--output-format", options.output_format, terminal.FORMATS)
    _check(options)
    if not (options.flags or options.config):
        return _watched(options)
    from snnc.configuration import of_flags
    from snnc.flags import with_flags

    keys = terminal.or_report(lambda: of_flags(options.config), options.output_format)
    with with_flags({**keys, **options.flags}):
        return _watched(options)


def _watched(options: LintOptions) -> int:
    if not options.watch or STDIN in options.paths:
        return _lint(options)
    from snnc.commands.watch import watch

    return watch(options.paths, lambda: _lint(options))


def _lint(options: LintOptions) -> int:
    if STDIN in options.paths:
        from snnc.commands.standard_input import lint_text

        return lint_text(options, partial(looked_at, options))
    named = terminal.or_report(lambda: terminal.specs(options.paths), options.output_format)
    return named.said(_done(options, named.specs))


def looked_at(options: LintOptions, paths: Sequence[Path]) -> tuple[Diagnostic, ...]:
    """The findings in specs under the options. Raises Findings, UsageError."""
    entry = run_cache.entry(paths, ("lint", *options.words)) if _plain(options) else None
    if entry is not None and (known := entry.findings()) is not None:
        return known
    from snnc import linting
    from snnc.selection import UnknownRule

    terminal.check_versions(paths)
    try:
        run = linting.look(paths, options.settings)
    except UnknownRule as error:
        raise terminal.UsageError(f"{error}: {error.help}") from None
    if entry is not None:
        entry.keep(run)
    return run.findings


def _plain(options: LintOptions) -> bool:
    """Whether specs are looked at as they are on the disk."""
    changes = options.fix or options.diff or options.add_ignore or options.settings
    return options.cache and not changes and STDIN not in options.paths


def _check(options: LintOptions) -> None:
    if options.add_ignore and (options.fix or options.diff):
        raise terminal.UsageError("--add-ignore does not go with --fix and --diff")
    if options.unsafe_fixes and not (options.fix or options.diff):
        raise terminal.UsageError("--unsafe-fixes goes with --fix or --diff")
    if options.settings and (options.fix or options.diff or options.add_ignore):
        raise terminal.UsageError("--set does not go with what changes specs")


def _done(options: LintOptions, specs: Sequence[Path]) -> int:
    look = partial(looked_at, options)
    if options.fix or options.diff:
        from snnc.commands import fix

        return fix.fix(options, specs, look)
    if options.add_ignore:
        from snnc.commands import add_ignore

        return add_ignore.add(options, specs, look)
    found = terminal.or_report(lambda: look(specs), options.output_format)
    return told(options, found, specs)
