"""Files of a run: replaced at once, and written by one process at a time."""

import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from .settings import RunError

if sys.platform != "win32":
    import fcntl

LOCK = "run.lock"
UNFINISHED = ".unfinished"


class FileError(RunError):
    """A file of a run cannot be written; the message says why."""


def replace(path: Path, content: bytes) -> None:
    """Puts the content on the disk beside the file, then in its place.

    Come what may, the old or the new content is there. Raises FileError.
    """
    unfinished = path.with_name(path.name + UNFINISHED)
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        kept = "; the one before it is still there" if path.exists() else ""
        problem = f"{path} cannot be written: {reason(error)}{kept}."
        raise FileError(problem) from error
    sync(path.parent)


def sync(folder: Path) -> None:
    """Puts the folder's list of names on the disk, where folders can be opened.

    Raises FileError.
    """
    if sys.platform == "win32":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        problem = f"{folder} cannot be put on the disk: {reason(error)}."
        raise FileError(problem) from error


def reason(error: OSError) -> str:
    """Why, in a few words."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return f"the disk is full ({error.strerror})" if full else str(error.strerror)


def sentence(error: Exception, unnamed: str) -> str:
    """An error as a person reads it; `unnamed` stands for a file without a name."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    return f"{error.filename or unnamed}: {reason(error)}."


def remove(path: Path) -> None:
    """Deletes a file, if it is there. Raises FileError."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        problem = f"{path} cannot be deleted: {reason(error)}."
        raise FileError(problem) from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Makes a folder, and keeps other processes from writing a run there.

    The lock ends with its process, however that ends. A folder that was made here and
    is still empty goes again. Raises FileError.
    """
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = taken(folder)
    except OSError as error:
        dropped(made)
        problem = f"{folder} cannot be written: {reason(error)}."
        raise FileError(problem) from error
    try:
        yield
    finally:
        with suppress(OSError):
            (folder / LOCK).unlink()
        os.close(handle)
        dropped(made)


def dropped(folders: list[Path]) -> None:
    """Deletes empty folders, the inner ones first, up to one that is not empty."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()


def taken(folder: Path) -> int:
    """The handle of the folder's lock, which says who holds it.

    A record lock, since a forked process does not inherit it: what loads data may
    outlive the process that trains. Raises FileError or OSError.
    """
    path = folder / LOCK
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            lock(handle, folder)
            if not there(handle, path):  # its last holder has just deleted it
                os.close(handle)
                continue
        except BaseException:
            os.close(handle)
            raise
        now = datetime.now().astimezone().isoformat(" ", "seconds")
        holder = f"process {os.getpid()} on {socket.gethostname()} since {now}"
        with suppress(OSError):  # without a name in it, it is a lock as well
            os.ftruncate(handle, 0)
            os.write(handle, holder.encode())
        return handle


def lock(handle: int, folder: Path) -> None:
    """Takes the lock. Raises FileError, which says who holds it."""
    if sys.platform == "win32":
        return
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EAGAIN):
            print(f"{folder} cannot be locked: {reason(error)}.", file=sys.stderr)
            return
        holder = os.read(handle, 200).decode(errors="replace") or "another process"
        problem = f"{folder} is in use: {holder} writes there"
        raise FileError(f"{problem}; --out-dir chooses another folder.") from error


def there(handle: int, path: Path) -> bool:
    """Whether the open file is still the one of that name."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(handle), path.stat())
    return False
