"""The specs of a project that extend a file: whether something of it is used, they decide."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from snnc import discovery
from snnc.source.diagnostic import Findings
from snnc.source.reading import CONFIGURATION, PYPROJECT, SUFFIX, content, project

MOST = 8
"""Specs that are looked at together with a base, which has to answer while somebody types."""
_EXTENDS = re.compile(r"^[ \t]*extends[ \t]*=[ \t]*(\[[^\]]*\]|[^\n]*)", re.MULTILINE)
_QUOTED = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")
_Stamp = tuple[int, int]


@dataclass
class Users:
    """The specs that extend a file. They are read again only when they change."""

    read: dict[Path, tuple[_Stamp, tuple[Path, ...]]] = field(default_factory=dict)
    found: dict[Path, tuple[Path, ...]] = field(default_factory=dict)

    def of(self, path: Path) -> tuple[Path, ...]:
        """The specs that extend a file, also by way of others; not more than are affordable."""
        return self.found.get(path, ())[:MOST]

    def look(self, path: Path) -> None:
        """Looks through the project of a file for those that extend it."""
        bases = {spec: self._bases(spec) for spec in _beside(path)}
        wanted, found = {_real(path)}, dict[Path, None]()
        while new := [s for s, b in bases.items() if s not in found and not wanted.isdisjoint(b)]:
            found |= dict.fromkeys(new)
            wanted |= {_real(spec) for spec in new}
        found.pop(path, None)
        self.found[path] = tuple(found)

    def every(self, path: Path) -> tuple[Path, ...]:
        """All specs that extend a file now, however many."""
        self.look(path)
        return self.found[path]

    def _bases(self, spec: Path) -> tuple[Path, ...]:
        """The real paths of the files that a file names."""
        try:
            stat = spec.stat()
            stamp = stat.st_mtime_ns, stat.st_size
            known = self.read.get(spec)
            if known is None or known[0] != stamp:
                text = content(spec).decode("utf-8", errors="replace")
                self.read[spec] = stamp, tuple(_named(spec, text))
        except (OSError, Findings):
            return ()
        return self.read[spec][1]


def _beside(path: Path) -> list[Path]:
    """The specs of the project of a file; without a project, those in its folder."""
    root = project(path)
    try:
        if any((root / name).exists() for name in (".git", CONFIGURATION, PYPROJECT)):
            return discovery.specs(root)
        return sorted(path.parent.glob(f"*{SUFFIX}"))
    except (OSError, Findings):
        return []


def _named(spec: Path, text: str) -> Iterator[Path]:
    for stated in _EXTENDS.finditer(text):
        for quoted in _QUOTED.finditer(stated[1]):
            yield _real(spec.parent / (quoted[1] or quoted[2] or ""))


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))
