"""``snnc build`` in its three forms: write, compare, print the difference."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import snnc
from snnc import project, terminal
from snnc.configuration import of_flags
from snnc.document import Document
from snnc.duplicates import duplicates, name_of
from snnc.duplicates import folder as default
from snnc.escape import word
from snnc.flags import with_flags
from snnc.options import BuildOptions, LintOptions
from snnc.project import File, place
from snnc.project.files import BLOCKING
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.staleness import Package, complaints, further, orphans, stale_schemas, unmakeable


def build(options: BuildOptions) -> int:
    """Builds the packages of specs, or compares them; the exit code. A watch also lints."""
    keys = terminal.or_report(lambda: of_flags(options.config), options.output_format)
    with with_flags(keys):
        if options.watch:
            from snnc.commands.watch import watch

            return watch(options.paths, lambda: _watched(options))
        return _build(options)


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
    terminal.or_report(lambda: terminal.check_versions(named.specs), options.output_format)
    wanted = options.settings, options.out, options.output_format
    builds = Builds(named.specs, given, *wanted)
    if options.check:
        return named.said(builds.check())
    return named.said(builds.diff() if options.diff else builds.write(options.force))


@dataclass
class Builds:
    """The packages of some specs. Findings are printed; a broken spec does not stop the others.

    ``searched`` are the paths that were given, for packages that no spec makes any more.
    """

    specs: Sequence[Path]
    searched: Sequence[Path]
    settings: tuple[str, ...]
    out: Path | None
    output_format: str
    findings: list[Diagnostic] = field(default_factory=list)
    broken: list[Path] = field(default_factory=list)
    abstract: list[Path] = field(default_factory=list)
    folders: dict[Path, str] = field(default_factory=dict)
    runtimes: dict[Path, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.out is not None and len(self.specs) > 1:
            raise terminal.UsageError("--out goes with one spec")

    @cached_property
    def documents(self) -> dict[Path, Document]:
        """The specs that can be read, without those that would share a package."""
        found = dict(self._documents())
        for first, second, finding in [*duplicates([*found.items()] if self.out is None else [])]:
            self.findings.append(finding)
            self.broken += [first, second]
        return {path: found[path] for path in found if path not in self.broken}

    def _documents(self) -> Iterator[tuple[Path, Document]]:
        for path in self.specs:
            try:
                yield path, snnc.load(path, self.settings)
            except Findings as findings:
                if [d.name for d in findings.diagnostics] == ["abstract-spec"]:
                    self._abstract(path)
                else:
                    self._broken(path, findings)

    def _abstract(self, path: Path) -> None:
        self.abstract.append(path)
        if path in self.searched:
            terminal.remark(f"{path}: abstract, so there is nothing to build")

    def _broken(self, path: Path, findings: Findings) -> None:
        self.findings += findings.diagnostics
        self.broken.append(path)

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """Everything that could be built; what could not is in ``findings``."""
        return tuple(self._packages())

    def _packages(self) -> Iterator[Package]:
        for path, document in self.documents.items():
            try:
                yield from self._package(path, document)
            except Findings as findings:
                self._broken(path, findings)

    def _package(self, path: Path, document: Document) -> Iterator[Package]:
        yield from self._compared(path, document, self._folder(path, document), self._command(path))

    @cached_property
    def further(self) -> tuple[Package, ...]:
        """Packages that were made of these specs by options, if this run has none."""
        return () if self.settings or self.out else tuple(self._further())

    def _further(self) -> Iterator[Package]:
        for made in further(self.searched, self.packages):
            try:
                document = snnc.load(made.spec, made.settings)
                yield from self._compared(made.spec, document, made.folder, made.command)
            except Findings as failed:
                name = name_of(self.documents[made.spec].source)
                self.findings.append(unmakeable(made, name, failed))

    def _compared(
        self, path: Path, document: Document, folder: Path, command: str
    ) -> Iterator[Package]:
        """A package, and before it the runtime that no other one of this run imports."""
        output = snnc.emit(document, made_by=place.made_by(path, folder, document))
        self.folders[folder.resolve()] = f"that of {path}"
        name = name_of(document.source)
        real = place.runtime(folder, document, output.runtime) if output.shared else None
        if real is not None and real not in self.runtimes:
            self._check_runtime(real, path, document, folder)
            self.runtimes[real] = f"the runtime of {path}"
            where = place.shown(real, folder)
            shared = project.compare(where, output.shared)
            yield Package(path, name, command, where, shared, True, real)
        files = project.compare(folder, output.package)
        yield Package(path, name, command, folder, files, runtime=real)

    def _check_runtime(self, real: Path, path: Path, document: Document, folder: Path) -> None:
        taken, usual = {**self.folders, **self.runtimes}, default(path, document)
        free = self.out is not None or folder.resolve() != usual.resolve()
        try:
            place.check_runtime(real, path, taken, free)
        except place.BadFolder as error:
            if self.out is None:
                raise place.bad_runtime(document, real, error) from None
            told = f"the runtime would be written to {real}, {error.what}: {error.help}"
            raise terminal.UsageError(f"-o {self.out}: {told}") from None

    def _folder(self, path: Path, document: Document) -> Path:
        if self.out is None:
            return place.stated(path, document, {**self.folders, **self.runtimes})
        out = Path(os.path.realpath(self.out)) if ".." in self.out.parts else self.out
        try:
            place.check(out, path, {})
        except place.BadFolder as error:
            raise terminal.UsageError(f"-o {self.out}: {error.what}: {error.help}") from None
        return out

    def check(self) -> int:
        """Says what is not as it should be; exit code 1 if anything."""
        every = (*self.packages, *self.further)
        found = [d for package in every for d in complaints(package, package.pending)]
        sources = [document.source for document in self.documents.values()]
        found += [*self._orphans(every), *stale_schemas(self.searched, sources)]
        self._report(found)
        if not found and not self.findings:
            count = sum(not package.shared for package in every)
            terminal.remark(f"{terminal.plural(count, 'package')} up to date")
        return 1 if found or self.findings else 0

    def _orphans(self, packages: Sequence[Package]) -> list[Diagnostic]:
        """Packages that no spec makes; one that is made with settings or elsewhere says nothing."""
        if self.settings or self.out:
            return []
        return [*orphans(self.searched, packages, self.broken, self.abstract)]

    def diff(self) -> int:
        """Prints what ``write`` would change; exit code 1 if anything."""
        pending = [package for package in self.packages if package.pending]
        self._report([])
        sys.stdout.write("".join(project.diff(package.files) for package in pending))
        return 1 if pending or self.findings else 0

    def write(self, force: bool) -> int:
        """Writes; refuses to replace what was edited by hand, and then leaves that package be."""
        blocked = [package for package in self.packages if self._in_the_way(package, force)]
        self._report(d for p in blocked for d in complaints(p, self._in_the_way(p, force)))
        for package in self._writable(blocked):
            self._written(package, project.write(package.files))
        for orphan in self._orphans(self.packages):
            terminal.say(f"{orphan.message}: {orphan.help}")
        return 1 if blocked or self.findings else 0

    def _report(self, more: Iterable[Diagnostic]) -> None:
        found = [*self.findings, *more]
        if found or self.output_format != "full":
            terminal.report(found, self.output_format, self.specs)

    def _writable(self, blocked: list[Package]) -> list[Package]:
        """Neither blocked, nor a package whose runtime is, nor a runtime that nobody imports."""
        closed = {package.runtime for package in blocked if package.shared}
        free = [package for package in self.packages if package not in blocked]
        for package in free:
            if package.runtime in closed and package.pending:
                terminal.say(f"{package.spec}: not written, because its runtime cannot be")
        free = [package for package in free if package.runtime not in closed]
        imported = {package.runtime for package in free if not package.shared}
        return [package for package in free if not package.shared or package.runtime in imported]

    def _in_the_way(self, package: Package, force: bool) -> tuple[File, ...]:
        return package.in_state("in the way", *(() if force else BLOCKING))

    def _written(self, package: Package, changed: tuple[File, ...]) -> None:
        what = terminal.plural(len(changed), "file") if changed else "nothing"
        if changed or not package.shared:
            about = "runtime" if package.shared else package.spec
            terminal.remark(f"{about}: {what} changed in {package.folder}")

    def _command(self, spec: Path) -> str:
        out = ["-o", str(self.out)] if self.out else []
        settings = [part for setting in self.settings for part in ("--set", setting)]
        return " ".join(map(word, ["snnc", "build", str(spec), *out, *settings]))
