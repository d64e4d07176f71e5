"""Specs that come with snnc, to read and to begin with: the zoo, and templates by task."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from snnc.resolve.bases import chain
from snnc.resolve.extends import extended
from snnc.source.reading import SUFFIX
from snnc.source.source import Source, read
from snnc.source.tree import Tree


def folder() -> Path:
    """The folder of the zoo: in a wheel, or in the repository of a checkout."""
    package = Path(__file__).parent
    shipped = package / "zoo"
    return shipped if shipped.is_dir() else package.parent / "specs"


def tasks() -> Path:
    """The folder of the templates by task."""
    package = Path(__file__).parent
    shipped = package / "templates"
    return (shipped if shipped.is_dir() else package.parent / "templates") / "new" / "tasks"


def names(of: Path | None = None) -> tuple[str, ...]:
    """The names of the specs in a folder, in order; of the zoo, unless told otherwise."""
    found = (of or folder()).glob(f"*{SUFFIX}")
    return tuple(sorted(path.name.removesuffix(SUFFIX) for path in found))


@dataclass(frozen=True)
class ZooEntry:
    """One spec of the zoo, or of another folder."""

    name: str
    place: Path | None = None

    @cached_property
    def chain(self) -> tuple[Source, ...]:
        """The file of the spec, then the files that it extends."""
        return tuple(reversed(chain(read((self.place or folder()) / f"{self.name}{SUFFIX}"), read)))

    @cached_property
    def whole(self) -> Tree:
        """The content of the spec, together with what it extends."""
        return extended(tuple(reversed(self.chain)))[0]

    @property
    def samples(self) -> str:
        """The text of the module that draws its data; nothing if it needs none."""
        path = (self.place or folder()) / f"{self.name}.py"
        return path.read_text("utf-8") if path.is_file() else ""

    @property
    def summary(self) -> str:
        """One line: ``T = 4, FashionMNIST: Convolutional SNN …``."""
        dataset = self._text("train", "dataset") or self._text("train", "dataset", "kind")
        facts = [f"T = {self._text('time_steps')}", *([dataset] if dataset else [])]
        doc = " ".join(self._text("doc").split())
        return ", ".join(facts) + (f": {doc}" if doc else "")

    def _text(self, *path: str) -> str:
        """The scalar at ``path``; nothing if there is none."""
        node, depth = self.whole.find(path)
        found = depth == len(path) and not isinstance(node.value, dict | list)
        return str(node.value) if found else ""
