"""``snnc build`` in its three forms: write, compare, print the difference."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from shlex import quote

import snnc
from snnc import project, terminal
from snnc.project import File
from snnc.source.diagnostic import Diagnostic, Findings


@dataclass(frozen=True)
class Package:
    """The files of one spec's package as they should be and as they are."""

    spec: Path
    folder: Path
    files: tuple[File, ...]

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

    @cached_property
    def packages(self) -> tuple[Package, ...]:
        """Everything that could be built; what could not is in ``findings``."""
        return tuple(self._packages())

    def _packages(self) -> Iterator[Package]:
        for spec in self.specs:
            try:
                yield self._package(spec)
            except Findings as findings:
                self.findings += findings.diagnostics
        if self.findings:
            terminal.report(self.findings, self.output_format)

    def _package(self, path: Path) -> Package:
        document = snnc.load(path, self.settings)
        files = snnc.emit(document)
        stated = document.spec.build.out
        beside = path.parent / (stated or document.spec.name)
        folder = self.out or beside
        return Package(path, folder, project.compare(folder, files))

    def check(self) -> int:
        """Says what is not as it should be; exit code 1 if anything."""
        stale = [package for package in self.packages if package.pending]
        for package in stale:
            for file in package.pending:
                terminal.say(self._complaint(package, file))
        if not stale and not self.findings:
            terminal.say(f"{terminal.plural(len(self.packages), 'package')} up to date")
        return 1 if stale or self.findings else 0

    def diff(self) -> int:
        """Prints what ``write`` would change; exit code 1 if anything."""
        texts = [project.diff(package.files) for package in self.packages]
        sys.stdout.write("".join(texts))
        return 1 if any(texts) or self.findings else 0

    def write(self, force: bool) -> int:
        """Writes; refuses to replace what was edited by hand, and then leaves that package be."""
        blocked = 0
        for package in self.packages:
            touched = () if force else package.in_state("edited", "foreign")
            for file in touched:
                terminal.say(self._complaint(package, file))
            blocked += bool(touched)
            if not touched:
                self._written(package, project.write(package.files))
        return 1 if blocked or self.findings else 0

    def _written(self, package: Package, changed: tuple[File, ...]) -> None:
        what = terminal.plural(len(changed), "file") if changed else "nothing"
        terminal.say(f"{package.spec}: {what} changed in {package.folder}")

    def _complaint(self, package: Package, file: File) -> str:
        command = f"snnc build {quote(str(package.spec))}"
        say = {
            "missing": f"is missing: run {command}",
            "stale": f"is out of date, the spec or snnc has changed: run {command}",
            "left over": f"is no longer generated: run {command} to remove it",
            "edited": (
                "was edited by hand: keep changes in a subclass or a module of your own, "
                f"or run {command} --force to replace it"
            ),
            "foreign": f"was not written by snnc: move it, or run {command} --force to replace it",
        }
        return f"{file.path}: {say[file.state]}"
