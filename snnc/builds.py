"""``snnc build`` in its three forms: write, compare, print the difference."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from shlex import quote

import snnc
from snnc import project, terminal
from snnc.document import Document
from snnc.emit.output import Output
from snnc.emit.runtime import Runtime
from snnc.project import File
from snnc.source.diagnostic import Diagnostic, Findings

_COMMAND = re.compile(r"^# Regenerate: (.*)$", re.MULTILINE)
_COMPLAINTS = {
    "missing": "missing: run {command}",
    "stale": "out of date, the spec or snnc has changed: run {command}",
    "otherwise": "made by `{made}`: run that again, or {command} to replace it",
    "left over": "no longer generated: run {command} to remove it",
    "edited": "edited by hand: keep changes in a subclass or a module of your own, "
    "or run {command} --force to replace it",
    "foreign": "not written by snnc: move it, or run {command} --force to replace it",
}


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
        terminal.one_of("--output-format", output_format, terminal.FORMATS)
        if out is not None and len(specs) > 1:
            raise terminal.UsageError("--out goes with one spec")
        self.specs, self.settings = specs, settings
        self.out, self.output_format = out, output_format
        self.findings: list[Diagnostic] = []
        self.folders: dict[Path, Path] = {}
        self.runtimes: set[Path] = set()

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
        if self.findings or self.output_format != "full":
            terminal.report(self.findings, self.output_format)

    def _package(self, path: Path) -> Package:
        document = snnc.load(path, self.settings)
        output = snnc.emit(document)
        folder = self.out or self._folder(path, document)
        shared = self._shared(folder, output)
        return Package(path, folder, (*project.compare(folder, output.package), *shared))

    def _shared(self, folder: Path, output: Output) -> tuple[File, ...]:
        """The files of the runtime, the first time that a package has it in that folder."""
        place = runtime_folder(folder, output.runtime)
        if not output.shared or place.resolve() in self.runtimes:
            return ()
        self.runtimes.add(place.resolve())
        return project.compare(place, output.shared)

    def _folder(self, path: Path, document: Document) -> Path:
        """Beside the spec or where it says: below its folder or the current one, and its own."""
        stated, name = document.spec.build.out, document.spec.name
        folder = path.parent / (stated or name)
        whole = folder.resolve()
        keys = ("build", "out") if stated else ("name",)
        if not any(whole.is_relative_to(root.resolve()) for root in (path.parent, Path())):
            message = f"the package would be written to {folder}, outside of this folder"
            raise _refused(document, keys, message, "--out may lead anywhere")
        first = self.folders.setdefault(whole, path)
        if first != path:
            message = f"the package would be written to {folder}, as that of {first} is"
            raise _refused(
                document, keys, message, "give one of them another `name` or `[build] out`"
            )
        return folder

    def check(self) -> int:
        """Says what is not as it should be; exit code 1 if anything."""
        stale = [package for package in self.packages if package.pending]
        for package in stale:
            self._complain(package, package.pending)
        if not stale and not self.findings:
            terminal.say(f"{terminal.plural(len(self.packages), 'package')} up to date")
        return 1 if stale or self.findings else 0

    def diff(self) -> int:
        """Prints what ``write`` would change; exit code 1 if anything."""
        pending = [package for package in self.packages if package.pending]
        sys.stdout.write("".join(project.diff(package.files) for package in pending))
        return 1 if pending or self.findings else 0

    def write(self, force: bool) -> int:
        """Writes; refuses to replace what was edited by hand, and then leaves that package be."""
        blocked = 0
        for package in self.packages:
            touched = () if force else package.in_state("edited", "foreign")
            self._complain(package, touched)
            blocked += bool(touched)
            if not touched:
                self._written(package, project.write(package.files))
        return 1 if blocked or self.findings else 0

    def _written(self, package: Package, changed: tuple[File, ...]) -> None:
        what = terminal.plural(len(changed), "file") if changed else "nothing"
        terminal.say(f"{package.spec}: {what} changed in {package.folder}")

    def _complain(self, package: Package, files: tuple[File, ...]) -> None:
        """One line for all files that have the same said of them."""
        groups: dict[str, list[File]] = {}
        for file in files:
            groups.setdefault(self._complaint(package, file), []).append(file)
        for complaint, (first, *others) in groups.items():
            more = f" and {terminal.plural(len(others), 'other')}" if others else ""
            terminal.say(f"{first.path}{more}: {complaint}")

    def _complaint(self, package: Package, file: File) -> str:
        made = _made_otherwise(file)
        complaint = _COMPLAINTS["otherwise" if made else file.state]
        return complaint.format(command=self._command(package), made=made)

    def _command(self, package: Package) -> str:
        out = ["-o", str(self.out)] if self.out else []
        settings = [word for setting in self.settings for word in ("--set", setting)]
        return " ".join(map(quote, ["snnc", "build", str(package.spec), *out, *settings]))


def runtime_folder(package: Path, runtime: Runtime) -> Path:
    """Where the runtime of a package that lies in ``package`` is written."""
    root = package
    for _ in range(runtime.depth):
        root = root.parent
    return root.joinpath(*runtime.absolute.split("."))


def _made_otherwise(file: File) -> str:
    """The command that made a file, if it is another one than would make it now."""
    if file.state != "stale":
        return ""
    made, now = (_COMMAND.search(text or "") for text in (file.have, file.want))
    return made[1] if made and now and made[1] != now[1] else ""


def _refused(document: Document, keys: tuple[str, ...], message: str, help: str) -> Findings:
    node = document.tree.find(keys)[0]
    return Findings(Diagnostic("SNN209", "bad-folder", message, node.place, help, node.notes))
