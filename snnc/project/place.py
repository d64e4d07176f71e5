"""The folder of a package: its own, and where it may be."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from snnc.document import Document
from snnc.duplicates import folder as default
from snnc.emit.header import Command, read_header
from snnc.emit.runtime import Runtime, runtime_of
from snnc.project.left_over import INIT
from snnc.project.reading import at
from snnc.source.diagnostic import Diagnostic, Findings
from snnc.source.reading import project


class BadFolder(Exception):
    """A folder cannot be that of a package: what it is, and what would help."""

    def __init__(self, what: str, help: str = "") -> None:
        super().__init__(what)
        self.what, self.help = what, help


def stated(spec: Path, document: Document, taken: Mapping[Path, str]) -> Path:
    """Beside the spec or where it says: below its folder or the current one, and its own.

    ``taken`` says whose other real folders are: "that of net.snn.toml". Raises Findings.
    """
    out, folder = document.spec.build.out, default(spec, document)
    try:
        _check_inside(folder, spec)
        check(folder, spec, taken)
    except BadFolder as error:
        message = f"the package would be written to {folder}, {error.what}"
        keys = ("build", "out") if out else ("name",)
        raise _refused(document, keys, message, error.help) from None
    return folder


def made_by(spec: Path, folder: Path, document: Document) -> Command:
    """The command of a package in ``folder``, in which only places of the project are named."""
    around, real = folder.resolve().parent, spec.parent.resolve() / spec.name
    stated = default(spec, document).resolve() == folder.resolve()
    near = stated or folder.resolve().is_relative_to(project(spec))
    source = os.path.relpath(real, around).replace(os.sep, "/") if near else spec.name
    return Command(source, document.settings, "" if stated else folder.name)


def runtime(folder: Path, document: Document, where: Runtime) -> Path:
    """The real folder of the runtime that the package in ``folder`` imports. Raises Findings.

    It is sought from the package's own real folder, and not checked yet.
    """
    *around, _ = where.package.split(".")
    root = folder.resolve().parent
    for name in reversed(around):
        if root.name != name:
            told = f"the package would be written to {folder}, which is not in {'.'.join(around)}"
            help = "`package` is what the folders around the package are imported as"
            raise _refused(document, ("build", "package"), told, help)
        root = root.parent
    return root.joinpath(*where.absolute.split("."))


def check_stated(spec: Path, document: Document) -> None:
    """Whether a package and its runtime may be where the spec says. Raises Findings."""
    folder, where = stated(spec, document, {}), runtime_of(document.spec)
    if where.inside:
        return
    real = runtime(folder, document, where)
    try:
        check_runtime(real, spec, {folder.resolve(): f"that of {spec}"}, free=False)
    except BadFolder as error:
        raise bad_runtime(document, real, error) from None


def folders_of(spec: Path, document: Document) -> tuple[Path, ...]:
    """The folders of a package and of its runtime, whether they may be there or not."""
    folder, where = default(spec, document), runtime_of(document.spec)
    try:
        return (folder,) if where.inside else (folder, runtime(folder, document, where))
    except Findings:
        return (folder,)


def check_runtime(found: Path, spec: Path, taken: Mapping[Path, str], free: bool) -> None:
    """Whether a runtime may be there; ``free``: also elsewhere. Raises BadFolder."""
    if found.resolve() != found:
        raise BadFolder("which a symlink leads to", "the runtime's folder is a real one")
    if not free:
        _check_below(found, spec, "the runtime lies below the spec's folder or the current one")
    check(found, spec, taken, "`[build] runtime`")


def bad_runtime(document: Document, found: Path, error: BadFolder) -> Findings:
    """The finding about a runtime whose folder the spec asks for."""
    keys = ("build", "runtime" if document.spec.build.runtime != "beside" else "package")
    told = f"the runtime would be written to {found}, {error.what}"
    return _refused(document, keys, told, error.help)


def shown(found: Path, folder: Path) -> Path:
    """A real path as whoever names the package's folder would write it, if that leads there."""
    path = Path(os.path.normpath(folder / os.path.relpath(found, folder.resolve())))
    if path.resolve() == found:
        return path
    return found.relative_to(Path.cwd()) if found.is_relative_to(Path.cwd()) else found


def _refused(document: Document, keys: tuple[str, ...], message: str, help: str) -> Findings:
    node = document.tree.find(keys)[0]
    return Findings(Diagnostic("SNN209", "bad-folder", message, node.place, help, node.notes))


def check(folder: Path, spec: Path, taken: Mapping[Path, str], key: str = "`[build] out`") -> None:
    """Whether a package or a runtime may be there at all; ``key`` says where. Raises BadFolder."""
    whole, here = folder.resolve(), spec.parent.resolve()
    for root, what in ((here, "the spec's own folder"), (Path.cwd(), "the current folder")):
        if root.is_relative_to(whole):
            raise BadFolder(f"{what} or one above it", "a package has a folder of its own")
    if whole in taken:
        what = f"as {taken[whole]} is"
        raise BadFolder(what, f"give one of them another `name` or {key}")
    for other, owner in taken.items():
        if whole.is_relative_to(other) or other.is_relative_to(whole):
            raise BadFolder(f"which overlaps with {owner}", f"give it another {key}")
    for above in _between(whole, here):
        raise BadFolder(f"inside of the package {above}", f"give it another {key}")


def _check_inside(folder: Path, spec: Path) -> None:
    _check_below(folder, spec)
    whole, here = folder.resolve(), spec.parent.resolve()
    if folder.is_absolute() and not spec.is_absolute():
        raise BadFolder("which is an absolute path", "--out may lead anywhere")
    if whole != Path(os.path.normpath(here / os.path.relpath(folder, spec.parent))):
        raise BadFolder("which a symlink leads to", "--out may lead anywhere")


def _check_below(folder: Path, spec: Path, help: str = "--out may lead anywhere") -> None:
    whole, here = folder.resolve(), spec.parent.resolve()
    if not any(whole.is_relative_to(root) for root in (here, Path.cwd())):
        raise BadFolder("outside of this folder", help)


def _between(whole: Path, here: Path) -> Iterator[Path]:
    """The folders of packages above this one, as far as the spec's or the current one."""
    roots = (here, Path.cwd())
    for above in whole.parents:
        around = any(root.is_relative_to(above) for root in roots)
        if around or not any(above.is_relative_to(root) for root in roots):
            return
        if read_header(at(above, INIT).text or ""):
            yield above
