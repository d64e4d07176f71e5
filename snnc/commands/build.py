"""``snnc build`` in its three forms: write, compare, print the difference."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import snnc
from snnc import project, terminal
from snnc.document import Document
from snnc.emit.header import OUTPUT_FORMAT, read_header
from snnc.escape import word
from snnc.project import File, place
from snnc.project.files import BLOCKING
from snnc.source.diagnostic import Diagnostic, Findings

_COMPLAINTS = {
    "missing": "missing: run {command}",
    "stale": "out of date, the spec has changed: run {command}",
    "changed": "out of date, snnc has changed: run {command}",
    "otherwise": "made by `{made}`: run that again, or {command} to replace it",
    "older": "out of date, snnc's output format is {ours}, this file has {theirs}: run {command}",
    "newer": "made by a newer snnc, whose output format is {theirs} and not {ours}: "
    "update snnc, or run {command} to replace it",
    "conflict": "has conflict markers: run {command}",
    "left over": "no longer generated: run {command} to remove it",
    "edited": "edited by hand: keep changes in a subclass or a module of your own, "
    "or run {command} --force to replace it",
    "kept": "no longer generated, but edited by hand: move or remove it; "
    "{command} --force leaves it where it is",
    "foreign": "not written by snnc: move it, or run {command} --force to replace it",
    "another's": "belongs to {owner}: give this package another folder, "
    "or run {command} --force to replace it",
    "in the way": "{obstacle}, which snnc neither follows nor replaces: move or remove it",
}


@dataclass(frozen=True)
class Package:
    """The files of one spec's package as they should be and as they are.

    ``shared``: it is the runtime that the packages of several specs import; ``runtime`` is the real
    folder of that which this package imports, or which this is (None: it is in the package).
    """

    spec: Path
    folder: Path
    files: tuple[File, ...]
    shared: bool = False
    runtime: Path | None = None

    @property
    def pending(self) -> tuple[File, ...]:
        return tuple(file for file in self.files if file.state != "current")

    def in_state(self, *states: str) -> tuple[File, ...]:
        return tuple(file for file in self.files if file.state in states)


class Builds:
    """The packages of some specs. Findings are printed; a broken spec does not stop the others."""

    def __init__(
        self, specs: list[Path], settings: tuple[str, ...], out: Path | None, output_format: str
    ) -> None:
        if out is not None and len(specs) > 1:
            raise terminal.UsageError("--out goes with one spec")
        self.specs, self.settings = specs, settings
        self.out, self.output_format = out, output_format
        self.findings: list[Diagnostic] = []
        self.folders: dict[Path, str] = {}
        self.runtimes: dict[Path, str] = {}

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """Everything that could be built; what could not is in ``findings``."""
        return tuple(self._packages())

    def _packages(self) -> Iterator[Package]:
        for spec in self.specs:
            try:
                yield from self._package(spec)
            except Findings as findings:
                self.findings += findings.diagnostics
        if self.findings or self.output_format != "full":
            terminal.report(self.findings, self.output_format)

    def _package(self, path: Path) -> Iterator[Package]:
        document = snnc.load(path, self.settings)
        output = snnc.emit(document)
        folder = self._folder(path, document)
        self.folders[folder.resolve()] = f"that of {path}"
        real = place.runtime(folder, document, output.runtime) if output.shared else None
        if real is not None and real not in self.runtimes:
            self._check_runtime(real, path, document)
            self.runtimes[real] = f"the runtime of {path}"
            where = place.shown(real, folder)
            yield Package(path, where, project.compare(where, output.shared), True, real)
        files = project.compare(folder, output.package)
        yield Package(path, folder, files, runtime=real)

    def _check_runtime(self, real: Path, path: Path, document: Document) -> None:
        taken = {**self.folders, **self.runtimes}
        try:
            place.check_runtime(real, path, taken, free=self.out is not None)
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
        stale = [package for package in self.packages if package.pending]
        for package in stale:
            self._complain(package, package.pending)
        if not stale and not self.findings:
            count = sum(not package.shared for package in self.packages)
            terminal.say(f"{terminal.plural(count, 'package')} up to date")
        return 1 if stale or self.findings else 0

    def diff(self) -> int:
        """Prints what ``write`` would change; exit code 1 if anything."""
        pending = [package for package in self.packages if package.pending]
        sys.stdout.write("".join(project.diff(package.files) for package in pending))
        return 1 if pending or self.findings else 0

    def write(self, force: bool) -> int:
        """Writes; refuses to replace what was edited by hand, and then leaves that package be."""
        blocked = [package for package in self.packages if self._in_the_way(package, force)]
        for package in blocked:
            self._complain(package, self._in_the_way(package, force))
        for package in self._writable(blocked):
            self._written(package, project.write(package.files))
        return 1 if blocked or self.findings else 0

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
            terminal.say(f"{about}: {what} changed in {package.folder}")

    def _complain(self, package: Package, files: tuple[File, ...]) -> None:
        """One line for all files that have the same said of them."""
        groups: dict[str, list[File]] = {}
        for file in files:
            groups.setdefault(self._complaint(package, file), []).append(file)
        for complaint, (first, *others) in groups.items():
            more = f" and {terminal.plural(len(others), 'other')}" if others else ""
            terminal.say(f"{first.path}{more}: {complaint}")

    def _complaint(self, package: Package, file: File) -> str:
        header, made = file.header, _made_otherwise(file)
        kept = file.state == "edited" and file.want is None
        ours = package.shared and file.state == "stale"
        what = "otherwise" if made else "kept" if kept else "changed" if ours else file.state
        return _COMPLAINTS[what].format(
            command=self._command(package),
            made=made,
            ours=OUTPUT_FORMAT,
            theirs=header and header.output_format,
            owner=(header and header.source) or "no spec",
            obstacle=file.obstacle,
        )

    def _command(self, package: Package) -> str:
        out = ["-o", str(self.out)] if self.out else []
        settings = [part for setting in self.settings for part in ("--set", setting)]
        return " ".join(map(word, ["snnc", "build", str(package.spec), *out, *settings]))


def _made_otherwise(file: File) -> str:
    """The command that made a file, if it is another one than would make it now."""
    wanted = read_header(file.want or "")
    if file.state != "stale" or file.header is None or wanted is None:
        return ""
    return file.header.command if file.header.command != wanted.command else ""
