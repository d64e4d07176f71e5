"""Packages that were what their specs say: they are again, if that still makes them and they are.

An entry holds digests of what specs make, and no text of it. What is on the disk is read each time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snnc.run_cache.inputs import Inputs, digest, inputs_of, unchanged
from snnc.run_cache.store import Store
from snnc.source.diagnostic import Place, Span

if TYPE_CHECKING:
    from snnc.staleness import BuildState, Further, Package


@dataclass(frozen=True)
class CachedPackages:
    """The place of a build in the cache: of some specs, under some options.

    ``check``: it compares only, editors' schemas too. ``further``: packages that options made also.
    """

    store: Store
    name: str
    specs: Sequence[Path]
    searched: Sequence[Path]
    check: bool
    further: bool

    def made(self) -> "BuildState | None":
        """The packages of an equal build before, all as they should be; None if anything is not."""
        body = self.store.read(self.name)
        try:
            return self._made(body) if isinstance(body, dict) else None
        except (KeyError, TypeError, ValueError, OSError):
            return None

    def keep(self, made: "BuildState", texts: Mapping[str, str]) -> None:
        """Remembers a build that has just ended well; ``texts`` are those of all files it read."""
        from snnc.staleness import digests

        every = (*made.packages, *made.further)
        inputs = inputs_of(texts, [package.folder for package in every], self.specs)
        if inputs is None or made.findings:
            return
        known = self._further(made.packages)
        body = {
            "inputs": vars(inputs),
            "packages": [_row(package) for package in made.packages],
            "further": [_row(package) for package in made.further],
            "said": [[each.command, str(each.folder)] for each in known],
            "abstract": [str(path) for path in made.abstract],
            "specs": [*made.texts],
            "schemas": digests(self.searched, made.texts) if self.check else [],
        }
        self.store.write(self.name, body)

    def _made(self, body: Mapping[str, Any]) -> "BuildState | None":
        from snnc.staleness import BuildState

        texts = unchanged(Inputs(**body["inputs"]), self.specs)
        if texts is None:
            return None
        packages = _packages(body["packages"], texts)
        further = _packages(body["further"], texts) if self.further else ()
        if packages is None or further is None:
            return None
        if [[each.command, str(each.folder)] for each in self._further(packages)] != body["said"]:
            return None
        abstract = tuple(map(Path, body["abstract"]))
        own = {path: texts[path] for path in body["specs"]}
        schemas = tuple(body["schemas"])
        return BuildState(packages, further, abstract=abstract, texts=own, schemas=schemas)

    def _further(self, packages: Sequence["Package"]) -> "list[Further]":
        """The packages that options made of these specs, if this build looks at them."""
        from snnc.staleness import further

        return [*further(self.searched, packages)] if self.further else []


def _row(package: "Package") -> Sequence[object]:
    files = {file.name: digest(file.want) for file in package.files if file.want is not None}
    place = [package.name.path, *package.name.span]
    real = package.runtime and str(package.runtime)
    facts = [str(package.spec), place, package.command, str(package.folder), package.shared, real]
    return [*facts, files]


def _packages(rows: Sequence[Any], texts: Mapping[str, str]) -> "tuple[Package, ...] | None":
    """The packages of an entry, if all files are what they should be, and none is left over."""
    found = []
    for row in rows:
        package = _package(texts, *row)
        if package is None:
            return None
        found.append(package)
    return tuple(found)


def _package(
    texts: Mapping[str, str],
    spec: str,
    place: Sequence[Any],
    command: str,
    folder: str,
    shared: bool,
    runtime: str | None,
    files: Mapping[str, str],
) -> "Package | None":
    from snnc.project import File, at, left_over
    from snnc.staleness import Package

    where, made = Path(folder), []
    for name, known in files.items():
        found = at(where, name)
        if found.obstacle or found.text is None or digest(found.text) != known:
            return None
        made.append(File(where, name, found.text, found))
    if any(True for _ in left_over(where, dict.fromkeys(files, ""))):
        return None
    name_at = Place(place[0], texts[place[0]], Span(*place[1:]))
    real = Path(runtime) if runtime is not None else None
    return Package(Path(spec), name_at, command, where, tuple(made), shared, real)
