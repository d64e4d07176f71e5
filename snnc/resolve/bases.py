"""The files that a spec extends, read in the order in which they are merged: the first one lowest.

A base lies in the project of the spec: the folder around it that holds ``.git``, ``snnc.toml`` or
``[tool.snnc]``. A file that several others extend is read and merged once.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from snnc.source.diagnostic import Diagnostic, Findings, Note
from snnc.source.nearest import LISTED, nearest, one_of
from snnc.source.reading import SUFFIX, most, project
from snnc.source.source import Source
from snnc.source.tree import Tree

MOST_FILES = 20
"""In all; together they have no more bytes than one file may."""
LONGEST = 255
"""Of a path in a spec, in bytes: no file system has longer names."""
Read = Callable[[Path], Source]


def chain(source: Source, read: Read) -> tuple[Source, ...]:
    """The bases of a spec, and last the spec itself. Raises Findings."""
    found = _Chain(project(Path(source.path)), read)
    found.visit(source, _real(Path(source.path)), None)
    return tuple(found.done.values())


def is_abstract(source: Source) -> bool:
    """Whether a file is only a base for others. Raises Findings."""
    stated = source.tree.get("abstract")
    if stated is not None and not isinstance(stated.value, bool):
        message = "`abstract` must be true or false"
        raise Findings(Diagnostic("SNN205", "wrong-type", message, stated.place))
    return stated is not None and stated.value is True


@dataclass
class _Chain:
    """A walk through the bases: those that are merged already, and those on the way to a file."""

    root: Path
    read: Read
    done: dict[Path, Source] = field(default_factory=dict)
    way: dict[Path, tuple[Source, Tree | None]] = field(default_factory=dict)

    def visit(self, source: Source, real: Path, by: Tree | None) -> None:
        """Adds a file behind its bases; ``by`` is the name that led to it."""
        self.way[real] = source, by
        for name in _names(source):
            base = _path(name, source)
            where = _real(base)
            if not where.is_relative_to(self.root):
                raise _outside(name)
            if where in self.way:
                raise self._cycle(name, where)
            if where not in self.done:
                self.visit(self._open(name, base), where, name)
        del self.way[real]
        self.done[real] = source

    def _open(self, name: Tree, path: Path) -> Source:
        if len(self.done) + len(self.way) == MOST_FILES:
            raise _bad(name, f"more than {MOST_FILES} files extend each other in a chain")
        source = _read(name, path, self.read)
        known = [*self.done.values(), *(other for other, _ in self.way.values()), source]
        allowed = most(Path(name.place.path))
        if sum(len(each.text.encode()) for each in known) > allowed:
            raise _bad(name, f"this file and its bases have more than {allowed:,} bytes together")
        return source

    def _cycle(self, name: Tree, where: Path) -> Findings:
        """The finding that ``name`` leads from the last file on the way back to one before."""
        around = [*self.way][[*self.way].index(where) :]
        shown = " → ".join(path.name for path in (*around, where))
        links = [by for path in around[1:] if (by := self.way[path][1])]
        notes = tuple(Note(link.place, "extended here") for link in links)
        return _bad(name, f"files extend each other: {shown}", notes=notes)


def _names(source: Source) -> list[Tree]:
    """The names of the files that a file extends, in order. Raises Findings."""
    stated = source.tree.get("extends")
    if stated is None:
        return []
    names = stated.items if isinstance(stated.value, list) else [stated]
    if not names:
        raise _bad(stated, "`extends` names no file", f'write "base{SUFFIX}", or leave it out')
    if len({str(name.value) for name in names}) < len(names):
        raise _bad(stated, "`extends` names a file twice")
    return names


def _path(name: Tree, source: Source) -> Path:
    """The path of a base, from where the spec's own path begins. Raises Findings."""
    text = name.value
    if not isinstance(text, str) or not text.endswith(SUFFIX):
        raise _bad(name, f"`extends` must name a *{SUFFIX} file")
    if not text.isprintable() or len(text.encode()) > LONGEST:
        raise _bad(name, f"`extends` must be printable, in at most {LONGEST} bytes")
    if PureWindowsPath(text).anchor or PurePosixPath(text).anchor:
        raise _bad(name, f'"{text}" is not relative to this file', _IN_PROJECT)
    if "\\" in text:
        raise _bad(name, f'"{text}" has a backslash', "folders are separated by /")
    return Path(os.path.normpath(Path(source.path).parent / text))


_IN_PROJECT = "write the path from this file's folder to a base in the project, or copy it there"


def _real(path: Path) -> Path:
    """The path whose folder is a real one; the file itself may be a link."""
    return Path(os.path.normpath(Path(os.path.realpath(path.parent)) / path.name))


def _outside(name: Tree) -> Findings:
    message = f'"{name.value}" lies outside of the project'
    help = "its root is the folder with .git, snnc.toml or [tool.snnc] in pyproject.toml"
    return _bad(name, message, f"{help}; without one, it is the spec's own folder")


def _read(name: Tree, path: Path, read: Read) -> Source:
    """The base. A finding inside it is reported there, with a note that leads back here."""
    try:
        return read(path)
    except OSError:
        raise _bad(name, f'cannot read "{name.value}"', _help(path, name)) from None
    except Findings as findings:
        note = Note(name.place, "extended here")
        found = (replace(d, notes=(*d.notes, note)) for d in findings.diagnostics)
        raise Findings(*found) from None


def _help(path: Path, name: Tree) -> str | None:
    """The nearest file beside it; where a link leads, nothing is listed."""
    spec = Path(name.place.path)
    here = os.path.realpath(spec.parent)
    folder = Path(os.path.normpath(Path(here) / str(name.value))).parent
    if not folder.is_dir() or Path(os.path.realpath(folder)) != folder:
        return None
    beside = sorted(other for other in path.parent.glob(f"*{SUFFIX}") if other.name != spec.name)
    stems = [other.name.removesuffix(SUFFIX) for other in beside]
    if close := nearest(path.name.removesuffix(SUFFIX), stems):
        return f'did you mean "{_beside(str(name.value), f"{close}{SUFFIX}")}"?'
    listed = one_of([f"{stem}{SUFFIX}" for stem in stems])
    return f"in that folder is {listed}" if 0 < len(stems) <= LISTED else None


def _beside(path: str, name: str) -> str:
    """Another file in the folder of a path in a spec."""
    around, slash, _ = path.rpartition("/")
    return f"{around}{slash}{name}"


def _bad(
    name: Tree, message: str, hint: str | None = None, notes: tuple[Note, ...] = ()
) -> Findings:
    return Findings(Diagnostic("SNN101", "bad-extends", message, name.place, hint, notes))
