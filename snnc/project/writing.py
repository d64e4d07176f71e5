"""Files replaced in one step each, after all of them are on the disk."""

import errno
import fcntl
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from snnc.project.files import File
from snnc.project.left_over import INIT

_MARK = ".snnc-"
_RANDOM = 1 + 8
"""What ``tempfile`` puts behind the prefix, and the dot before it."""


def write(files: tuple[File, ...]) -> tuple[File, ...]:
    """Makes every file what it should be; returns those that were not.

    All new texts are on the disk before the first file changes; then each is replaced in one step,
    so that a reader never sees half of one. The list of a folder changes last: whatever stops this,
    what has to go is still on it. Of the files left over, edited ones stay.
    """
    changed = tuple(f for f in files if f.state != "current" and (f.want is not None or _goes(f)))
    _refuse(changed)
    with ExitStack() as stack:
        for folder in dict.fromkeys(file.folder for file in files):
            stack.enter_context(_alone(folder))
        _clear([file.path for file in files])
        wanted = {file: file.want.encode() for file in changed if file.want is not None}
        staged = {file: _staged(file.path, text, stack) for file, text in wanted.items()}
        lists = [file for file in staged if file.name == INIT]
        for file in changed:
            if file not in lists:
                _settle(file, staged)
        for file in lists:
            _settle(file, staged)
    return changed


def replace(contents: Mapping[Path, bytes]) -> None:
    """Puts contents into files: all are on the disk before the first file changes."""
    with ExitStack() as stack:
        _clear(contents)
        staged = [(_staged(path, data, stack), path) for path, data in contents.items()]
        for temporary, path in staged:
            temporary.replace(path)


def differs(path: Path, content: bytes) -> bool:
    """Whether something else is there than a file of that content."""
    there = os.path.lexists(path)
    return there and (path.is_symlink() or not path.is_file() or path.read_bytes() != content)


def _goes(file: File) -> bool:
    return file.state == "left over"


def _refuse(files: Iterable[File]) -> None:
    for file in files:
        if file.obstacle:
            raise OSError(errno.EEXIST, "something else is in its place", os.fspath(file.path))


def _settle(file: File, staged: Mapping[File, Path]) -> None:
    if file in staged:
        staged[file].replace(file.path)
    else:
        _remove(file)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Waits for whoever else writes into the folder, where the file system can."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _clear(paths: Iterable[Path]) -> None:
    """Removes temporary files that somebody left who was killed."""
    names: dict[Path, set[str]] = {}
    for path in paths:
        names.setdefault(path.parent, set()).add(path.name)
    for folder, wanted in names.items():
        for old in folder.glob(f"{_MARK}*") if folder.is_dir() else ():
            ours = old.name.removeprefix(_MARK)[:-_RANDOM] in wanted
            if ours and old.is_file() and not old.is_symlink():
                old.unlink(missing_ok=True)


def _staged(path: Path, content: bytes, stack: ExitStack) -> Path:
    """A temporary file beside ``path`` that holds ``content``; gone when ``stack`` is left."""
    import tempfile  # a check writes nothing

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{_MARK}{path.name}.")
        temporary = Path(name)
        stack.callback(temporary.unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        temporary.chmod(_mode(path))
    except OSError as error:  # its own file name would be the temporary one
        raise OSError(error.errno, error.strerror, str(path.parent)) from error
    return temporary


def _mode(path: Path) -> int:
    """That of the file which is there, or what a new one gets."""
    with suppress(FileNotFoundError):
        return path.lstat().st_mode & 0o777
    mask = os.umask(0o022)  # reading it means setting it
    os.umask(mask)
    return 0o666 & ~mask


def _remove(file: File) -> None:
    """Removes the file, and folders that are empty then, below the package's own."""
    file.path.unlink(missing_ok=True)
    above = file.path.parent
    while above != file.folder and not any(above.iterdir()):
        above.rmdir()
        above = above.parent
