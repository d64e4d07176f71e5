"""The files of a project that commands look at: never what is installed, built or ignored.

No folder of a virtual environment, of packages or of another tool is entered, none that is hidden,
and nothing that a .gitignore file or ``exclude`` of the configuration names. What somebody names
on the command line is taken, whatever ignores it.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from snnc.discovery.ignored import FILE, Ignored
from snnc.flags import unconfigured
from snnc.source.reading import SUFFIX, project

SKIPPED = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages"})
ENVIRONMENT = "pyvenv.cfg"
"""The file that makes a folder a virtual environment."""
DEEPEST = 100
"""Folders in each other; patterns with ``**`` try all of them."""


def root() -> Path:
    """The project around the current folder, as a path from there."""
    return Path(os.path.relpath(project(Path("x"))))


def specs(given: Path) -> list[Path]:
    """Every spec in a folder, in order. Raises Findings: the project's configuration is wrong."""
    return sorted(files(given, lambda name: name.endswith(SUFFIX)))


def files(given: Path, wanted: Callable[[str], bool]) -> Iterator[Path]:
    """The files in a folder whose names are wanted. Raises Findings, as :func:`specs`."""
    real = Path(os.path.realpath(given))
    top = project(real / "x")
    ignored = Ignored.above(real, top, _excluded(top))
    yield from _below(given, str(real), ignored, wanted, DEEPEST)


def _excluded(root: Path) -> tuple[str, ...]:
    """The patterns of a project's configuration, of which most have none."""
    if unconfigured(root):
        return ()
    from snnc.configuration import configuration

    return configuration(root).exclude


def _below(
    shown: Path, real: str, ignored: Ignored, wanted: Callable[[str], bool], deepest: int
) -> Iterator[Path]:
    entries = _entries(real)
    inside = ignored.within(real) if any(e.name == FILE for e in entries) else ignored
    for entry in entries:
        folder = entry.is_dir(follow_symlinks=False)
        if entry.name.startswith(".") or not (folder or wanted(entry.name)):
            continue
        if inside.names(entry.path, folder):
            continue
        if not folder:
            yield from () if Path(entry.path).is_dir() else (shown / entry.name,)
        elif deepest and not _foreign(entry):
            yield from _below(shown / entry.name, entry.path, inside, wanted, deepest - 1)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """The entries of a folder; none, if it may not be read."""
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except PermissionError:
        return []


def _foreign(folder: os.DirEntry[str]) -> bool:
    return folder.name in SKIPPED or os.path.lexists(Path(folder.path, ENVIRONMENT))
