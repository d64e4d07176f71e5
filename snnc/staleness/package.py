"""One spec's package, or the runtime of several, compared with what is on the disk."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from snnc.project import File
from snnc.source.diagnostic import Diagnostic, Place


@dataclass(frozen=True)
class Package:
    """The files of one spec's package as they should be and as they are.

    ``name`` is the place of the spec's name and ``command`` what builds it. ``shared``: it is the
    runtime that the packages of several specs import; ``runtime`` is the real folder of that which
    this package imports, or which this is (None: it is in the package).
    """

    spec: Path
    name: Place
    command: str
    folder: Path
    files: tuple[File, ...]
    shared: bool = False
    runtime: Path | None = None

    @property
    def pending(self) -> tuple[File, ...]:
        return tuple(file for file in self.files if file.state != "current")

    def in_state(self, *states: str) -> tuple[File, ...]:
        return tuple(file for file in self.files if file.state in states)


@dataclass(frozen=True)
class BuildState:
    """The packages of a run beside what is on the disk; what could not be made is in ``findings``.

    ``further`` are packages that options made of the same specs. ``broken`` and ``abstract`` are
    specs that make none, ``texts`` those of the others by path. ``schemas`` are digests of editors'
    schemas that are known to be right.
    """

    packages: tuple[Package, ...]
    further: tuple[Package, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    broken: tuple[Path, ...] = ()
    abstract: tuple[Path, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    schemas: tuple[str, ...] = ()
