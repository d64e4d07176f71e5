"""Packages of specs: made, and compared with what is on the disk."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import snnc
from snnc import project, terminal
from snnc.document import Document
from snnc.duplicates import duplicates, name_of
from snnc.duplicates import folder as default
from snnc.escape import word
from snnc.project import place
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.staleness import BuildState, Package, further, unmakeable


@dataclass
class Packages:
    """The packages of some specs; a broken spec does not stop the others.

    ``searched`` are the paths that were given, for packages that options made. ``read`` has the
    texts of all files that were read, by path.
    """

    specs: Sequence[Path]
    searched: Sequence[Path]
    settings: tuple[str, ...]
    out: Path | None
    findings: list[Diagnostic] = field(default_factory=list)
    broken: list[Path] = field(default_factory=list)
    abstract: list[Path] = field(default_factory=list)
    read: dict[str, str] = field(default_factory=dict)
    folders: dict[Path, str] = field(default_factory=dict)
    runtimes: dict[Path, str] = field(default_factory=dict)

    def made(self, all_of_them: bool) -> BuildState:
        """Everything that could be built; ``all_of_them``: also what options made once."""
        packages = self.packages
        others = self.further if all_of_them else ()
        return BuildState(
            packages,
            others,
            tuple(self.findings),
            tuple(self.broken),
            tuple(self.abstract),
            {document.source.path: document.source.text for document in self.documents.values()},
        )

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
                yield path, self._load(path, self.settings)
            except Findings as findings:
                if [d.name for d in findings.diagnostics] == ["abstract-spec"]:
                    self.abstract.append(path)
                    self.read[path.as_posix()] = findings.diagnostics[0].place.text
                else:
                    self._broken(path, findings)

    def _load(self, path: Path, settings: Sequence[str]) -> Document:
        document = snnc.load(path, settings)
        self.read |= {source.path: source.text for source in document.sources}
        return document

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
                document = self._load(made.spec, made.settings)
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

    def _command(self, spec: Path) -> str:
        out = ["-o", str(self.out)] if self.out else []
        settings = [part for setting in self.settings for part in ("--set", setting)]
        return " ".join(map(word, ["snnc", "build", str(spec), *out, *settings]))
