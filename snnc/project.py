"""The only module that writes: packages on disk, compared or replaced, never half written."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Literal

from snnc.emit.header import edited, read_header

State = Literal["current", "missing", "stale", "edited", "foreign", "left over"]


@dataclass(frozen=True)
class File:
    """A file of a package: what it should hold (None: it should not be there) and what it holds."""

    path: Path
    want: str | None
    have: str | None

    @property
    def state(self) -> State:
        """How it differs from what it should be."""
        if self.want == self.have:
            return "current"
        if self.have is None:
            return "missing"
        if edited(self.have):
            return "edited"
        if self.have and read_header(self.have) is None:
            return "foreign"
        return "left over" if self.want is None else "stale"


def compare(folder: Path, files: Mapping[str, str]) -> tuple[File, ...]:
    """Every file of the package in ``folder``: those wanted, and generated ones left over."""
    wanted = [File(folder / name, text, _read(folder / name)) for name, text in files.items()]
    return (*wanted, *_left_over(folder, files))


def write(files: tuple[File, ...]) -> tuple[File, ...]:
    """Makes every file what it should be; returns those that were not.

    Each file is replaced in one step, so that a reader never sees half of one.
    """
    changed = tuple(file for file in files if file.state != "current")
    for file in changed:
        if file.want is None:
            file.path.unlink()
        else:
            _replace(file.path, file.want)
    return changed


def diff(files: tuple[File, ...]) -> str:
    """What :func:`write` would change, as a unified diff."""
    return "".join(line for file in files for line in _diff(file))


def _diff(file: File) -> Iterator[str]:
    name = file.path.as_posix()
    old = "/dev/null" if file.have is None else name
    new = "/dev/null" if file.want is None else name
    have, want = ((text or "").splitlines(keepends=True) for text in (file.have, file.want))
    yield from unified_diff(have, want, old, new)


def _left_over(folder: Path, files: Mapping[str, str]) -> Iterator[File]:
    for path in sorted(folder.glob("*.py")):
        have = _read(path)
        if path.name not in files and have is not None and read_header(have):
            yield File(path, None, have)


def _read(path: Path) -> str | None:
    """The text as it is, line ends included; what is not text is nobody's generated file."""
    with suppress(FileNotFoundError):
        return path.read_bytes().decode("utf-8", errors="replace")
    return None


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
        temporary.chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
    except BaseException:
        temporary.unlink()
        raise


def _umask() -> int:
    """The process's mask; reading it means setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
