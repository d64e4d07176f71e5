"""The texts that an editor has open, and what was found in each."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from snnc.lsp.analysis import Analysis, analysed
from snnc.lsp.positions import TextPositions
from snnc.lsp.users import Users
from snnc.source.diagnostic import Place
from snnc.source.reading import SUFFIX, unsaved

_NAMELESS = f"untitled{SUFFIX}"


@dataclass
class OpenSpec:
    """A text in the editor. ``analysis`` is None when the text has changed since.

    ``last`` is the last analysis of which the text could be read.
    """

    uri: str
    path: Path
    positions: TextPositions
    version: int | None = None
    analysis: Analysis | None = None
    last: Analysis | None = None

    @property
    def text(self) -> str:
        """The text as snnc reads it."""
        return self.positions.read


@dataclass
class OpenSpecs:
    """All texts in the editor by their addresses. ``encoding`` is that of positions."""

    encoding: str = "utf-16"
    specs: dict[str, OpenSpec] = field(default_factory=dict)
    users: Users = field(default_factory=Users)

    def put(self, uri: str, text: str, version: int | None) -> OpenSpec:
        """Takes a text, a new one or a change of one. All others may depend on it."""
        before = self.specs.get(uri)
        positions = TextPositions(text, self.encoding)
        last = before.last if before else None
        spec = OpenSpec(uri, path_of(uri), positions, version, None, last)
        self.specs[uri] = spec
        return spec

    def drop(self, uri: str) -> None:
        """Forgets a text that the editor has closed."""
        self.specs.pop(uri, None)

    def analysis(self, spec: OpenSpec) -> Analysis:
        """The analysis of a text as it is now."""
        if spec.analysis is None:
            with self.unsaved():
                spec.analysis = analysed(spec.path, self.users.of(spec.path))
            if spec.analysis.sources:
                spec.last = spec.analysis
        return spec.analysis

    def unsaved(self) -> AbstractContextManager[None]:
        """A context in which files have the texts that the editor has."""
        return unsaved(self.texts)

    @property
    def texts(self) -> dict[Path, str]:
        """All open texts by the real paths of their files."""
        return {real_path(s.path): s.positions.text for s in self.specs.values()}

    def reading(self, spec: OpenSpec) -> Iterator[OpenSpec]:
        """The other open texts that a change of this one concerns."""
        real = real_path(spec.path)
        for other in self.specs.values():
            if other.uri == spec.uri:
                continue
            known = other.last.sources if other.last else ()
            near = {real_path(Path(source.path)) for source in known}
            if real in near or other.path in self.users.of(spec.path):
                yield other

    def at(self, path: Path) -> OpenSpec | None:
        """The open text of a file."""
        real = real_path(path)
        return next((s for s in self.specs.values() if real_path(s.path) == real), None)

    def locate(self, place: Place) -> types.Location:
        """The location of a place, in an open text or in a file."""
        if spec := self.at(Path(place.path)):
            return types.Location(spec.uri, spec.positions.of(place))
        positions = TextPositions(place.text, self.encoding)
        return types.Location(real_path(Path(place.path)).as_uri(), positions.of(place))


def is_spec(uri: str) -> bool:
    """Whether a text is that of a spec; one that was never saved may become one."""
    path = to_fs_path(uri)
    return path is None or path.endswith(SUFFIX)


def path_of(uri: str) -> Path:
    """The path of a text; of one that was never saved, a name in the current folder."""
    path = to_fs_path(uri)
    return Path(path) if path else Path.cwd() / _NAMELESS


def real_path(path: Path) -> Path:
    """The path without links."""
    return Path(os.path.realpath(path))
