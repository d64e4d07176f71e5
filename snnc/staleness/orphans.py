"""Packages that no spec makes any more: the spec is gone, renamed, or has another name inside."""

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from snnc import discovery
from snnc.emit.header import Header, read_header
from snnc.project import INIT
from snnc.project.reading import at
from snnc.source.diagnostic import Diagnostic, Place, Span
from snnc.source.reading import project
from snnc.staleness.package import Package

_OF_ITS_OWN = (" -o ", " --out ", " --set ")
"""A command with one of these makes a further package of a spec."""


def orphans(
    searched: Collection[Path],
    packages: Collection[Package],
    broken: Collection[Path] = (),
    abstract: Collection[Path] = (),
) -> Iterator[Diagnostic]:
    """Findings about what is in the searched folders and in no package of the run.

    Of what ``broken`` specs make nothing is known. Raises Findings, as discovery does.
    """
    built = {package.folder.resolve() for package in packages}
    specs = {p.spec.resolve(): p for p in reversed([*packages]) if not p.shared}
    bases = {path.resolve() for path in abstract}
    runtimes, kept = [], bool(broken)
    for found in dict.fromkeys(path for given in searched for path in packages_in(given)):
        header = read_header(at(found.parent, INIT).text or "")
        if header is None or header.files is None or found.parent.resolve() in built:
            continue
        if header.source is None:
            runtimes.append(found)
            continue
        told = _orphan(found, header, header.source, specs, bases)
        kept = kept or told is None
        yield from [told] if told else ()
    if not kept and any(given.resolve() == project(given / "x") for given in searched):
        yield from map(_unused, runtimes)


def packages_in(given: Path) -> Iterator[Path]:
    """Files that may be those of packages: in a folder, or beside a spec."""
    if given.is_dir():
        yield from discovery.files(given, INIT.__eq__)
        return
    spec = given.resolve()
    for path in sorted(given.parent.glob(f"*/{INIT}")):
        header = None if path.parent.is_symlink() else read_header(at(path.parent, INIT).text or "")
        if header and header.source and spec_of(path, header.source) == spec:
            yield path


def spec_of(found: Path, source: str) -> Path:
    """The spec that a package says it is made from: seen from the folder around the package."""
    return Path(os.path.realpath(found.parent.parent / source))


def _orphan(
    found: Path,
    header: Header,
    source: str,
    specs: Mapping[Path, Package],
    abstract: Collection[Path],
) -> Diagnostic | None:
    spec, folder = spec_of(found, source), found.parent
    named = os.path.normpath(folder.parent / source)
    if not os.path.lexists(spec):
        message = f"{folder}/ is made from {named}, which is not there"
        return _finding(message, folder, _first_line(found))
    if spec in abstract:
        message = f"{folder}/ is made from {named}, which is abstract now"
        return _finding(message, folder, _first_line(found))
    if spec not in specs or any(word in header.command for word in _OF_ITS_OWN):
        return None
    message = f"{folder}/ is left of {named}, whose package is {specs[spec].folder}/ now"
    return _finding(message, folder, specs[spec].name)


def _unused(found: Path) -> Diagnostic:
    return _finding(f"no package imports {found.parent}/", found.parent, _first_line(found))


def _finding(message: str, folder: Path, place: Place) -> Diagnostic:
    help = f"delete {folder}/; `exclude` in [tool.snnc] names what is kept without its spec"
    return Diagnostic("SNN508", "orphan-package", message, place, help)


def _first_line(path: Path) -> Place:
    text = at(path.parent, path.name).text or ""
    return Place(os.fspath(path).replace(os.sep, "/"), text, Span(0, text.find("\n")))
