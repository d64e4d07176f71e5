"""``snnc build`` in its three forms: write, compare, print the difference."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from snnc import project, run_cache, terminal
from snnc.options import BuildOptions, LintOptions
from snnc.project import File
from snnc.project.files import BLOCKING
from snnc.run_cache.packages import CachedPackages
from snnc.source.diagnostic import Diagnostic
from snnc.staleness import BuildState, Package, complaints, orphans, stale_schemas


def build(options: BuildOptions) -> int:
    """Builds the packages of specs, or compares them; the exit code. A watch also lints."""
    if not options.config:
        return _with_keys(options)
    from snnc.configuration import of_flags
    from snnc.flags import with_flags

    keys = terminal.or_report(lambda: of_flags(options.config), options.output_format)
    with with_flags(keys):
        return _with_keys(options)


def _with_keys(options: BuildOptions) -> int:
    if not options.watch:
        return _build(options)
    from snnc.commands.watch import watch

    return watch(options.paths, lambda: _watched(options))


def _watched(options: BuildOptions) -> int:
    """Prints all findings, which a build alone does not, and builds if none is an error."""
    from snnc.commands.lint import looked_at

    specs = terminal.specs(options.paths).specs
    found = looked_at(LintOptions(settings=options.settings), specs)
    terminal.report(found, options.output_format, specs)
    wrong = any(finding.severity == "error" for finding in found)
    return 1 if wrong else _build(options)


def _build(options: BuildOptions) -> int:
    terminal.one_of("--output-format", options.output_format, terminal.FORMATS)
    given = terminal.given(options.paths)
    named = terminal.or_report(lambda: terminal.specs(options.paths), options.output_format)
    entry = _entry(named.specs, given, options) if options.cache else None
    known = entry.made() if entry is not None else None
    if known is not None:
        return named.said(_done(Builds(named.specs, given, options, known)))
    from snnc.commands.packages import Packages

    terminal.or_report(lambda: terminal.check_versions(named.specs), options.output_format)
    packages = Packages(named.specs, given, options.settings, options.out)
    made = packages.made(options.check)
    code = _done(Builds(named.specs, given, options, made))
    if entry is not None and code == 0:
        entry.keep(made, packages.read)
    return named.said(code)


def _entry(
    specs: Sequence[Path], given: Sequence[Path], options: BuildOptions
) -> CachedPackages | None:
    further = options.check and options.alone
    return run_cache.packages(specs, given, options.words, options.check, further)


def _done(builds: "Builds") -> int:
    if builds.options.check:
        return builds.check()
    return builds.diff() if builds.options.diff else builds.write()


@dataclass(frozen=True)
class Builds:
    """The packages of some specs. Findings are printed; a broken spec does not stop the others.

    ``searched`` are the paths that were given, for packages that no spec makes any more.
    """

    specs: Sequence[Path]
    searched: Sequence[Path]
    options: BuildOptions

    made: BuildState

    def check(self) -> int:
        """Says what is not as it should be; exit code 1 if anything."""
        every = (*self.made.packages, *self.made.further)
        found = [d for package in every for d in complaints(package, package.pending)]
        found += self._orphans(every)
        found += stale_schemas(self.searched, self.made.texts, self.made.schemas)
        self._report(found)
        if not found and not self.made.findings:
            count = sum(not package.shared for package in every)
            terminal.remark(f"{terminal.plural(count, 'package')} up to date")
        return 1 if found or self.made.findings else 0

    def _orphans(self, packages: Sequence[Package]) -> list[Diagnostic]:
        """Packages that no spec makes; one that is made with settings or elsewhere says nothing."""
        if not self.options.alone:
            return []
        return [*orphans(self.searched, packages, self.made.broken, self.made.abstract)]

    def diff(self) -> int:
        """Prints what ``write`` would change; exit code 1 if anything."""
        pending = [package for package in self.made.packages if package.pending]
        self._report([])
        sys.stdout.write("".join(project.diff(package.files) for package in pending))
        return 1 if pending or self.made.findings else 0

    def write(self) -> int:
        """Writes; refuses to replace what was edited by hand, and then leaves that package be."""
        blocked = [package for package in self.made.packages if self._in_the_way(package)]
        self._report(d for p in blocked for d in complaints(p, self._in_the_way(p)))
        for package in self._writable(blocked):
            self._written(package, project.write(package.files))
        for orphan in self._orphans(self.made.packages):
            terminal.say(f"{orphan.message}: {orphan.help}")
        return 1 if blocked or self.made.findings else 0

    def _report(self, more: Iterable[Diagnostic]) -> None:
        for path in self.made.abstract:
            if path in self.searched:
                terminal.remark(f"{path}: abstract, so there is nothing to build")
        found = [*self.made.findings, *more]
        if found or self.options.output_format != "full":
            terminal.report(found, self.options.output_format, self.specs)

    def _writable(self, blocked: list[Package]) -> list[Package]:
        """Neither blocked, nor a package whose runtime is, nor a runtime that nobody imports."""
        closed = {package.runtime for package in blocked if package.shared}
        free = [package for package in self.made.packages if package not in blocked]
        for package in free:
            if package.runtime in closed and package.pending:
                terminal.say(f"{package.spec}: not written, because its runtime cannot be")
        free = [package for package in free if package.runtime not in closed]
        imported = {package.runtime for package in free if not package.shared}
        return [package for package in free if not package.shared or package.runtime in imported]

    def _in_the_way(self, package: Package) -> tuple[File, ...]:
        return package.in_state("in the way", *(() if self.options.force else BLOCKING))

    def _written(self, package: Package, changed: tuple[File, ...]) -> None:
        what = terminal.plural(len(changed), "file") if changed else "nothing"
        if changed or not package.shared:
            about = "runtime" if package.shared else package.spec
            terminal.remark(f"{about}: {what} changed in {package.folder}")
