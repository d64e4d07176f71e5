"""All files that the findings of a run depend on, and whether they are still the same."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from snnc.source.reading import (
    CONFIGURATION,
    MOST,
    MOST_BYTES,
    PYPROJECT,
    NotRegular,
    TooLarge,
    one_line_end,
    project,
    regular,
)

_INIT = "__init__.py"


@dataclass(frozen=True)
class Inputs:
    """Facts by path, as JSON has them.

    ``specs`` are real paths and digests of specs and their bases, ``roots`` the projects of the
    folders of specs, ``around`` the real paths of folders of packages, and digests of files that
    configure a project or make a folder a package; "" if there is none.
    """

    specs: Mapping[str, Sequence[str]]
    roots: Mapping[str, str]
    around: Mapping[str, str]
    limit: str


def inputs_of(
    texts: Mapping[str, str], folders: Sequence[Path], paths: Sequence[Path]
) -> Inputs | None:
    """The inputs of a run that has just ended; None if some cannot be told.

    ``texts`` are those of specs and bases by path, ``folders`` those of their packages.
    """
    try:
        roots = _roots(paths)
        specs = {path: (os.path.realpath(path), digest(text)) for path, text in texts.items()}
        around = {**_folders(map(str, folders)), **_files(_about(roots.values(), folders))}
    except (OSError, NotRegular, TooLarge, UnicodeEncodeError):
        return None
    return Inputs(specs, roots, around, os.environ.get(MOST, ""))


def unchanged(stored: Inputs, paths: Sequence[Path]) -> dict[str, str] | None:
    """The texts of the specs, if all inputs are what they were. Raises OSError."""
    if stored.limit != os.environ.get(MOST, "") or stored.roots != _roots(paths):
        return None
    folders = [path for path in stored.around if path.startswith(_FOLDER)]
    files = [path for path in stored.around if not path.startswith(_FOLDER)]
    texts: dict[str, str] = {}
    try:
        now = {**_folders(path.removeprefix(_FOLDER) for path in folders), **_files(files)}
        for path, (real, known) in stored.specs.items():
            text = one_line_end(regular(Path(real), MOST_BYTES * 100).decode("utf-8"))
            if os.path.realpath(path) != real or digest(text) != known:
                return None
            texts[path] = text
    except (NotRegular, TooLarge, UnicodeDecodeError):
        return None
    return texts if now == stored.around else None


_FOLDER = "folder:"


def _roots(paths: Sequence[Path]) -> dict[str, str]:
    by_folder = {str(path.parent): path for path in paths}
    return {folder: str(project(path)) for folder, path in by_folder.items()}


def _folders(folders: Iterable[str]) -> dict[str, str]:
    return {f"{_FOLDER}{folder}": os.path.realpath(folder) for folder in folders}


def _files(files: Iterable[str]) -> dict[str, str]:
    return {file: _digest_of(Path(file)) for file in files}


def _about(roots: Iterable[str], folders: Sequence[Path]) -> Iterator[str]:
    """The files that may configure a project, or make a folder around a package one."""
    for root in set(roots):
        yield from (f"{root}/{CONFIGURATION}", f"{root}/{PYPROJECT}")
    around = {above for folder in folders for above in folder.resolve().parents}
    yield from (str(above / _INIT) for above in around)


def _digest_of(path: Path) -> str:
    try:
        return hashlib.sha256(regular(path, MOST_BYTES)).hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return ""


def digest(text: str) -> str:
    """The digest of a text, in which half of a surrogate pair may stand."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
