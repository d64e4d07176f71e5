"""The parts of a project that .gitignore files and the configuration leave out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from snnc.patterns import Patterns
from snnc.source.reading import MOST_BYTES, NotRegular, TooLarge, regular

FILE = ".gitignore"


@dataclass(frozen=True)
class Ignored:
    """The parts left out: the configuration's patterns, and those of files, the nearest last."""

    excluded: Patterns
    files: tuple[Patterns, ...] = ()

    @staticmethod
    def above(folder: Path, top: Path, excluded: Sequence[str]) -> "Ignored":
        """The patterns of the project ``top`` for ``folder``; none, if it ignores that folder."""
        found = Ignored(Patterns.of(top, excluded))
        inside = [path for path in (folder, *folder.parents) if path.is_relative_to(top)]
        for path in reversed(inside):
            if path != top and found.names(str(path), folder=True):
                return Ignored(Patterns.of(top, ()))
            if path != folder:
                found = found.within(str(path))
        return found

    def within(self, folder: str) -> "Ignored":
        """The same, with the .gitignore file of ``folder`` if one is there."""
        lines = _lines(Path(folder, FILE))
        return replace(self, files=(*self.files, Patterns.of(folder, lines))) if lines else self

    def names(self, path: str, folder: bool) -> bool:
        """Whether a file or folder is left out; the nearest file that says something decides."""
        if self.excluded.names(path, folder):
            return True
        said = (patterns.names(path, folder) for patterns in reversed(self.files))
        return next((found for found in said if found is not None), False)


def _lines(path: Path) -> list[str]:
    """The lines of a file; none, if it is no regular one."""
    try:
        return regular(path, MOST_BYTES).decode("utf-8", errors="replace").splitlines()
    except (OSError, NotRegular, TooLarge):
        return []
