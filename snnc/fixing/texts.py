"""The files of a run as fixes change them, before anything is saved."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from snnc.resolve.bases import chain
from snnc.source.diagnostic import Findings, Fix
from snnc.source.reading import content, one_line_end, project
from snnc.source.source import read, read_on


@dataclass
class Texts:
    """The texts of the specs of a run by their real paths: as they were, and ``now``.

    A file that is not UTF-8, or cannot be a spec, is not among them: no fix changes it.
    """

    paths: Mapping[Path, tuple[Path, ...]]
    old: Mapping[Path, str]
    now: dict[Path, str]
    seen: dict[Path, set[str]] = field(default_factory=dict)
    chains: dict[Path, frozenset[Path]] = field(default_factory=dict)

    @staticmethod
    def of(paths: Sequence[Path]) -> "Texts":
        """The texts of specs. Raises OSError."""
        named: dict[Path, tuple[Path, ...]] = {}
        found: dict[Path, str] = {}
        for path in paths:
            real = Path(os.path.realpath(path))
            named[real] = (*named.get(real, ()), path)
            text = _text(path)
            if text is not None:
                found[real] = text
        return Texts(named, found, dict(found))

    def real(self, shown: str) -> Path:
        """The real path of a file that findings call so."""
        return Path(os.path.realpath(shown))

    def has(self, fix: Fix) -> bool:
        """Whether a fix is one of a file of the run, as this is now."""
        text = self.now.get(self.real(fix.path))
        return text is not None and one_line_end(text) == fix.edits[0].place.text

    def put(self, real: Path, text: str) -> None:
        """Another text for a file; one that it had already is told by :meth:`repeated`."""
        self.seen.setdefault(real, set()).add(self.now[real])
        self.now[real] = text
        for path in self.paths[real]:
            self.chains.pop(path, None)

    def repeated(self, real: Path) -> bool:
        """Whether a file had this text before."""
        return self.now[real] in self.seen.get(real, set())

    def users(self, real: Path) -> list[Path]:
        """The specs of the run that a file is a part of."""
        every = [path for paths in self.paths.values() for path in paths]
        return [path for path in every if real in self._chain(path)]

    def _chain(self, path: Path) -> frozenset[Path]:
        """The real paths of the files of a spec, as far as they can be read."""
        if path not in self.chains:
            self.chains[path] = _files(path, self.now.get(self.real(str(path)), ""))
        return self.chains[path]

    def changed(self) -> dict[Path, tuple[bytes, bytes]]:
        """The contents of the files that are not as they were, old and new."""
        texts = ((path, self.old[path], now) for path, now in self.now.items())
        return {path: (old.encode(), now.encode()) for path, old, now in texts if old != now}


def _text(path: Path) -> str | None:
    try:
        return content(path).decode("utf-8")
    except (Findings, UnicodeDecodeError):
        return None


def _files(path: Path, text: str) -> frozenset[Path]:
    own = frozenset((Path(os.path.realpath(path)),))
    if "extends" not in text:
        return own
    try:
        sources = chain(read_on(path), partial(read, root=project(path)))
    except (Findings, OSError):
        return own
    return own | {Path(os.path.realpath(source.path)) for source in sources}
