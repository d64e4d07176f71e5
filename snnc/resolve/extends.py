"""``extends = "base.snn.toml"``: the base is read first, and this file says what is different.

Tables merge, arrays and scalars replace, and a table that gives a ``kind`` replaces whole, so that
no momentum leaks from SGD into Adam. A base lies beside or below the file that extends it.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import reduce
from pathlib import Path, PurePosixPath, PureWindowsPath

from snnc.resolve.collect import without
from snnc.source.diagnostic import Diagnostic, Findings, Note
from snnc.source.nearest import nearest
from snnc.source.reading import SUFFIX, most
from snnc.source.source import Source
from snnc.source.tree import Tree

MOST_FILES = 20
"""In a chain; together they have no more bytes than one file may."""
LONGEST = 255
"""Of a path in a spec, in bytes: no file system has longer names."""
Read = Callable[[Path], Source]


def extend(source: Source, read: Read) -> Tree:
    """The document with its bases merged in; the last base of a chain comes first."""
    trees = [without(link.tree, "extends") for link in _chain(source, read)]
    return reduce(merge, reversed(trees))


def merge(base: Tree, over: Tree) -> Tree:
    """``over`` on top of ``base``; the result stands where ``over`` was written."""
    below, above = as_table(base), over.table
    if below is None or not isinstance(over.value, dict) or "kind" in above:
        return over
    shared = {key: merge(below[key], node) for key, node in above.items() if key in below}
    return over.with_value({**below, **above, **shared})


def as_table(tree: Tree) -> dict[str, Tree] | None:
    """A table's entries. A lone identifier under a table is a kind: "X" is { kind = "X" }."""
    if isinstance(tree.value, str) and tree.value.isidentifier():
        return {"kind": tree}
    return tree.value if isinstance(tree.value, dict) else None


def _chain(source: Source, read: Read) -> Iterator[Source]:
    """The file, its base, its base's base and so on."""
    seen = {Path(os.path.normpath(source.path)): source}
    yield source
    while (name := source.tree.get("extends")) is not None:
        path = _path(name, source)
        if path in seen:
            raise _cycle(name, path, seen)
        if len(seen) == MOST_FILES:
            raise _bad(name, f"more than {MOST_FILES} files extend each other in a chain")
        source = seen[path] = _read(name, path, read)
        _check_size(name, seen)
        yield source


def _check_size(name: Tree, seen: Mapping[Path, Source]) -> None:
    """A chain of files costs what its files do together."""
    allowed = most(Path(name.place.path))
    if sum(len(source.text.encode()) for source in seen.values()) > allowed:
        raise _bad(name, f"this file and its bases have more than {allowed:,} bytes together")


def _path(name: Tree, source: Source) -> Path:
    """Beside or below the file, so that a spec from elsewhere cannot reach into a disk."""
    text = name.value
    if not isinstance(text, str) or not text.endswith(SUFFIX):
        raise _bad(name, f"`extends` must name a *{SUFFIX} file")
    if not text.isprintable() or len(text.encode()) > LONGEST:
        raise _bad(name, f"`extends` must be printable, in at most {LONGEST} bytes")
    outside = PureWindowsPath(text).anchor or PurePosixPath(text).anchor
    if outside or os.path.normpath(text.replace("\\", "/")).startswith(".."):
        raise _bad(name, f'"{text}" must lie beside or below this file\'s folder')
    return Path(os.path.normpath(Path(source.path).parent / text))


def _cycle(name: Tree, path: Path, seen: Mapping[Path, Source]) -> Findings:
    """``seen`` is in the order of reading, and ``name`` leads from its last back to ``path``."""
    around = list(seen)[list(seen).index(path) :]
    chain = " → ".join(other.name for other in (*around, path))
    links = [seen[other].tree.get("extends") for other in around[:-1]]
    notes = tuple(Note(link.place, "extended here") for link in links if link)
    return _bad(name, f"files extend each other: {chain}", notes=notes)


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
    here = os.path.realpath(Path(name.place.path).parent)
    folder = Path(os.path.normpath(Path(here) / str(name.value))).parent
    if not folder.is_dir() or Path(os.path.realpath(folder)) != folder:
        return None
    close = nearest(path.name, sorted(other.name for other in path.parent.glob("*" + SUFFIX)))
    return f'did you mean "{close}"?' if close else None


def _bad(
    name: Tree, message: str, hint: str | None = None, notes: tuple[Note, ...] = ()
) -> Findings:
    return Findings(Diagnostic("SNN101", "bad-extends", message, name.place, hint, notes))
