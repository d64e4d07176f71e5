"""The folder of a package: its own, and where it may be."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from snnc.document import Document
from snnc.emit.header import read_header
from snnc.emit.runtime import Runtime
from snnc.project.left_over import INIT
from snnc.project.reading import at
from snnc.source.diagnostic import Diagnostic, Findings


class BadFolder(Exception):
    """A folder cannot be that of a package: what it is, and what would help."""

    def __init__(self, what: str, help: str = "") -> None:
        super().__init__(what)
        self.what, self.help = what, help


def stated(spec: Path, document: Document, taken: Mapping[Path, Path]) -> Path:
    """Beside the spec or where it says: below its folder or the current one, and its own.

    ``taken`` are folders of other packages, by their real paths. Raises Findings.
    """
    out = document.spec.build.out
    folder = Path(os.path.normpath(spec.parent / (out or document.spec.name)))
    try:
        _check_inside(folder, spec)
        check(folder, spec, taken)
    except BadFolder as error:
        message = f"the package would be written to {folder}, {error.what}"
        keys = ("build", "out") if out else ("name",)
        raise _refused(document, keys, message, error.help) from None
    return folder


def runtime(folder: Path, spec: Path, document: Document, where: Runtime, free: bool) -> Path:
    """The folder of the runtime that the package in ``folder`` imports.

    ``free``: the package was put where the command line says. Raises Findings.
    """
    *around, _ = where.package.split(".")
    root = folder.resolve().parent
    for name in reversed(around):
        if root.name != name:
            told = f"the package would be written to {folder}, which is not in {'.'.join(around)}"
            help = "`package` is what the folders around the package are imported as"
            raise _refused(document, ("build", "package"), told, help)
        root = root.parent
    found = root.joinpath(*where.absolute.split("."))
    try:
        if not free:
            _check_below(found, spec)
        check(found, spec, {folder.resolve(): spec})
    except BadFolder as error:
        keys = ("build", "runtime" if document.spec.build.runtime != "beside" else "package")
        told = f"the runtime would be written to {found}, {error.what}"
        raise _refused(document, keys, told, error.help) from None
    return _shown(found, folder)


def _shown(found: Path, folder: Path) -> Path:
    """The path as whoever names the package's folder would write it."""
    return Path(os.path.normpath(folder / os.path.relpath(found, folder.resolve())))


def _refused(document: Document, keys: tuple[str, ...], message: str, help: str) -> Findings:
    node = document.tree.find(keys)[0]
    return Findings(Diagnostic("SNN209", "bad-folder", message, node.place, help, node.notes))


def check(folder: Path, spec: Path, taken: Mapping[Path, Path]) -> None:
    """Whether a package may be there at all. Raises BadFolder."""
    whole, here = folder.resolve(), spec.parent.resolve()
    for root, what in ((here, "the spec's own folder"), (Path.cwd(), "the current folder")):
        if root.is_relative_to(whole):
            raise BadFolder(f"{what} or one above it", "a package has a folder of its own")
    if whole in taken:
        what = f"as that of {taken[whole]} is"
        raise BadFolder(what, "give one of them another `name` or `[build] out`")
    for other, owner in taken.items():
        if whole.is_relative_to(other) or other.is_relative_to(whole):
            raise BadFolder(f"which overlaps with that of {owner}", "give it another `[build] out`")
    for above in _between(whole, here):
        raise BadFolder(f"inside of the package {above}", "give it another `[build] out`")


def _check_inside(folder: Path, spec: Path) -> None:
    _check_below(folder, spec)
    whole, here = folder.resolve(), spec.parent.resolve()
    if folder.is_absolute() and not spec.is_absolute():
        raise BadFolder("which is an absolute path", "--out may lead anywhere")
    if whole != Path(os.path.normpath(here / os.path.relpath(folder, spec.parent))):
        raise BadFolder("which a symlink leads to", "--out may lead anywhere")


def _check_below(folder: Path, spec: Path) -> None:
    whole, here = folder.resolve(), spec.parent.resolve()
    if not any(whole.is_relative_to(root) for root in (here, Path.cwd())):
        raise BadFolder("outside of this folder", "--out may lead anywhere")


def _between(whole: Path, here: Path) -> Iterator[Path]:
    """The folders of packages above this one, as far as the spec's."""
    for above in whole.parents:
        if not above.is_relative_to(here) or above == here:
            return
        if read_header(at(above, INIT).text or ""):
            yield above
