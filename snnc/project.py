"""The only module that writes: packages on disk, compared or replaced, never half written."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
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
        """The difference between the file and its wanted text."""
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

    All new texts are on the disk before the first file changes; then each is replaced in one step,
    so that a reader never sees half of one.
    """
    changed = tuple(file for file in files if file.state != "current")
    replace({file.path: file.want.encode() for file in changed if file.want is not None})
    for file in changed:
        if file.want is None:
            _remove(file.path)
    return changed


def replace(contents: Mapping[Path, bytes]) -> None:
    """Puts contents into files: all are on the disk before the first file changes."""
    with ExitStack() as stack:
        staged = [(_staged(path, data, stack), path) for path, data in contents.items()]
        for temporary, path in staged:
            temporary.replace(path)


def differs(path: Path, content: bytes) -> bool:
    """Whether there is a file of another content."""
    return path.exists() and (not path.is_file() or path.read_bytes() != content)


def diff(files: tuple[File, ...]) -> str:
    """The changes that :func:`write` would make, as a unified diff."""
    return "".join(line for file in files for line in _diff(file))


def _diff(file: File) -> Iterator[str]:
    from difflib import unified_diff

    name = file.path.as_posix()
    old = "/dev/null" if file.have is None else name
    new = "/dev/null" if file.want is None else name
    have, want = ((text or "").splitlines(keepends=True) for text in (file.have, file.want))
    for line in unified_diff(have, want, old, new):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _left_over(folder: Path, files: Mapping[str, str]) -> Iterator[File]:
    """Files from the same spec that are no longer generated; others may share the folder."""
    titles = {_title(text) for text in files.values() if read_header(text)}
    for path in sorted(folder.rglob("*.py")):
        if path.relative_to(folder).as_posix() in files or not path.is_file():
            continue
        have = _read(path)
        if have is not None and read_header(have) and _title(have) in titles:
            yield File(path, None, have)


def _title(text: str) -> str:
    return text.partition("\n")[0]


def _read(path: Path) -> str | None:
    """The text with the line ends that were written: git may have made them CRLF at check-out.

    What is not text is nobody's generated file.
    """
    with suppress(FileNotFoundError):
        return path.read_bytes().decode("utf-8", errors="replace").replace("\r\n", "\n")
    return None


def _staged(path: Path, content: bytes, stack: ExitStack) -> Path:
    """A temporary file beside ``path`` that holds ``content``; gone when ``stack`` is left."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:  # its own file name would be the temporary one
        raise OSError(error.errno, error.strerror, str(path.parent)) from error
    temporary = Path(name)
    stack.callback(temporary.unlink, missing_ok=True)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    temporary.chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
    return temporary


def _remove(path: Path) -> None:
    path.unlink()
    with suppress(OSError):  # it is not empty
        path.parent.rmdir()


def _umask() -> int:
    """The process's mask; reading it means setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
