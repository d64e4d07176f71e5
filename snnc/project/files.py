"""A file of a package as it should be and as it is."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from snnc.emit.header import (
    OUTPUT_FORMAT,
    TITLE,
    Header,
    conflicting,
    read_header,
    sides,
    without_hash,
)
from snnc.project.reading import Found
from snnc.project.same import is_comment, same_code

State = Literal[
    "current",
    "missing",
    "stale",
    "older",
    "newer",
    "conflict",
    "edited",
    "reformatted",
    "marked",
    "headed",
    "foreign",
    "another's",
    "left over",
    "in the way",
]
BLOCKING: tuple[State, ...] = (
    "edited",
    "reformatted",
    "marked",
    "headed",
    "foreign",
    "another's",
)
"""What is replaced only by force; what is in the way, never."""


_MARK = "\ufeff"


@dataclass(frozen=True)
class File:
    """The text that a file should hold (None: it should not be there), and what was found there."""

    folder: Path
    name: str
    want: str | None
    found: Found

    @property
    def path(self) -> Path:
        return self.folder / self.name

    @property
    def have(self) -> str | None:
        """The text that is there; None if there is none that may be read."""
        return self.found.text

    @property
    def obstacle(self) -> str:
        """The thing in the way of reading and writing it: ``net/fused is a symlink``."""
        return self.found.obstacle

    @cached_property
    def header(self) -> Header | None:
        """That of the text which is there, or of a branch's text within it."""
        text = self.have or ""
        return read_header(text) or next(filter(None, map(read_header, sides(text))), None)

    @property
    def state(self) -> State:
        """The state: how it differs from what it should be."""
        if self.obstacle:
            return "in the way"
        if self.want == self.have:
            return "current"
        if self.have is None:
            return "missing"
        if self.have == "":
            return "edited" if self.want is not None else "left over"
        if conflicting(self.have):
            return "conflict"
        return self._generated(self.header) if self.header else self._strange(self.have)

    def _strange(self, have: str) -> State:
        """The state of a file that does not begin as snnc's do."""
        if (found := read_header(have.removeprefix(_MARK))) and found.intact:
            return "marked"
        rest = have[max(have.find(TITLE), 0) :]
        found = read_header(rest)
        return "headed" if found and found.intact and is_comment(have, rest) else "foreign"

    def _generated(self, header: Header) -> State:
        """The state of a file that snnc wrote."""
        if not header.intact:
            same = without_hash(self.have or "") == without_hash(self.want or "")
            return "stale" if same else "reformatted" if self._reformatted else "edited"
        if self.want is None:
            return "left over"
        if header.source != self._source:
            return "another's"
        if header.output_format != OUTPUT_FORMAT:
            return "older" if header.output_format < OUTPUT_FORMAT else "newer"
        return "stale"

    @property
    def _reformatted(self) -> bool:
        return self.want is not None and same_code(self.have or "", self.want)

    @property
    def _source(self) -> str | None:
        wanted = read_header(self.want or "")
        return wanted.source if wanted else None
