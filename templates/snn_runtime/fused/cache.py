"""Where libraries stay between runs: where nobody else can write, and code may be run."""

import atexit
import functools
import mmap
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


def folders() -> Iterator[Path]:
    """Folders for libraries, the best first; the last one stays for this process alone."""
    for folder in candidates():
        if may_hold(folder):
            yield folder.resolve()
    yield passing(os.getpid())


def candidates() -> Iterator[Path]:
    """The user's cache, then the user's corner of the folder of temporary files."""
    for base in (os.environ.get("XDG_CACHE_HOME", ""), os.path.expanduser("~/.cache")):
        if os.path.isabs(base):
            yield Path(base, "snnc")
    yield Path(tempfile.gettempdir(), f"snnc-{os.geteuid()}")


def may_hold(folder: Path) -> bool:
    """Whether libraries can be kept and run there, and nobody else can put one there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return is_ours(folder.resolve()) and can_run(folder)
    except (OSError, RuntimeError):  # links that lead in a circle are a RuntimeError
        return False


def is_ours(folder: Path) -> bool:
    """Whether only this user can write there, or put another folder in its place.

    A folder that everybody may write keeps what is others' if its sticky bit is set, as in /tmp.
    """
    about = folder.stat()
    if about.st_uid != os.geteuid() or about.st_mode & 0o022:
        return False
    trusted = {0, os.geteuid(), Path(folder.anchor).stat().st_uid}
    above = [parent.stat() for parent in folder.parents]
    return all(
        a.st_uid in trusted and (not a.st_mode & 0o022 or a.st_mode & 0o1000)
        for a in above
    )


def can_run(folder: Path) -> bool:
    """Whether what is written there can be run: not on a disk that is mounted with noexec."""
    with tempfile.TemporaryFile(dir=folder) as file:
        file.truncate(mmap.PAGESIZE)
        access = mmap.PROT_READ | mmap.PROT_EXEC
        size, flags = mmap.PAGESIZE, mmap.MAP_PRIVATE
        mmap.mmap(file.fileno(), size, flags=flags, prot=access).close()
    return True


@functools.cache
def passing(process: int) -> Path:
    """A folder that is removed when its process ends."""
    folder = Path(tempfile.mkdtemp(prefix="snnc-"))

    def remove() -> None:
        if os.getpid() == process:  # children that were forked end too
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder
