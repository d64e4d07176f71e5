"""Which files of a folder snnc wrote before and would not write now.

The list in the header of ``__init__.py`` decides, and nothing else: what is not on it is somebody
else's, and so is everything if that file was edited. Output format 1 had no list; there it is what
it could write, from the same spec.
"""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from snnc.emit.header import Header, conflicting, read_header
from snnc.emit.runtime import NAME
from snnc.project.files import File
from snnc.project.reading import at, folders, inside

INIT = "__init__.py"
_FIRST_FILES = "ann.py convert.py data.py kernels.py model.py train.py visualize.py".split()
_FIRST_FOLDERS = "conversion fused pictures training".split()


def left_over(folder: Path, files: Mapping[str, str]) -> Iterator[File]:
    """The files that are on the list of the folder and not wanted any more."""
    header = _header(folder, INIT) if INIT in files else None
    if header is None:
        return
    for name in sorted(_listed(folder, header) - files.keys()):
        found = at(folder, name)
        if _ours(name, found.text, header):
            yield File(folder, name, None, found)


def _ours(name: str, text: str | None, header: Header) -> bool:
    """Whether the list's owner wrote the file: it says so, or is the runtime's and no spec's."""
    runtimes = name.partition("/")[0] in (NAME, *_FIRST_FOLDERS) or header.source is None
    if name.endswith("/py.typed"):
        return text == "" and runtimes
    own = read_header(text or "")
    if own is None or not _same_format(own, header):
        return False
    return own.source == header.source or (own.source is None and runtimes)


def _listed(folder: Path, header: Header) -> set[str]:
    if header.output_format == 1:
        return {*_FIRST_FILES, *_first(folder, _FIRST_FOLDERS)}
    return {name for name in header.files or () if inside(name)}


def _first(folder: Path, names: Collection[str]) -> Iterator[str]:
    """The modules in folders that output format 1 wrote, however deep."""
    for name in names:
        here = folder / name
        if here.is_symlink() or not here.is_dir():
            continue
        yield from (f"{name}/{path.name}" for path in here.glob("*.py"))
        yield from _first(folder, [f"{name}/{inner}" for inner in folders(here)])


def _same_format(own: Header, header: Header) -> bool:
    """A package of output format 1 has files of no other; a later one may have kept some."""
    return own.output_format == 1 or header.output_format != 1


def _header(folder: Path, name: str) -> Header | None:
    text = at(folder, name).text or ""
    header = None if conflicting(text) else read_header(text)
    return header if header and header.intact else None
