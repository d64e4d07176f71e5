"""Facts beside the findings: who looked at what, and what codes mean."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from snnc.source.reading import project

HOME = "https://pypi.org/project/snnc/"


@dataclass(frozen=True)
class Meaning:
    """The documentation of a code: its first sentences, and all of it as Markdown."""

    brief: str
    whole: str


def _none(codes: Sequence[str]) -> Mapping[str, Meaning]:
    return {}


@dataclass(frozen=True)
class Run:
    """A run of snnc: its version, the files that it looked at, and the texts on codes."""

    version: str = "0"
    paths: Sequence[str] = ()
    meanings: Callable[[Sequence[str]], Mapping[str, Meaning]] = _none
    root: Path = field(default_factory=lambda: project(Path("x")))

    def within(self, path: str) -> str:
        """A path from the project's root, which is what servers know; as it is, outside of it."""
        whole = Path(os.path.normpath(Path.cwd() / path))
        return whole.relative_to(self.root).as_posix() if whole.is_relative_to(self.root) else path
