"""Error codes, one per file: a comment that explains, and a spec that causes the error.

A file without a spec explains an error that no spec can show: bytes, a command line.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class ErrorCode:
    """A code, its readable twin, what it means, and a spec in which it is found ("": none)."""

    code: str
    name: str
    doc: str
    example: str
    path: Path


@cache
def errors() -> tuple[ErrorCode, ...]:
    """Every error, by code."""
    return tuple(_read(path) for path in sorted(Path(__file__).parent.glob("SNN*.toml")))


def _read(path: Path) -> ErrorCode:
    head, _, example = path.read_text("utf-8").partition("\n\n")
    title, _, *doc = (line.removeprefix("#").removeprefix(" ") for line in head.splitlines())
    code, name = title.split()
    return ErrorCode(code, name, "\n".join(doc).strip(), example, path)
