"""The machine's own C compiler: whatever it does, it comes to an end and leaves nothing behind."""

import functools
import hashlib
import math
import os
import shlex
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

BUILDS = "build-"  # what folders are called that a library is made in
DAY = 24 * 60 * 60  # s
LONGEST = 4000  # characters of what a compiler says that are worth reading


class Failed(Exception):
    """The compiler made no library; the message says why."""


class Slow(Failed):
    """It would not end: there is no use in asking again."""


def command() -> list[str]:
    """CC as a shell would read it, or ``cc``."""
    try:
        return shlex.split(os.environ.get("CC") or "") or ["cc"]
    except ValueError as error:
        raise Failed(f"{error} in CC") from error


def patience() -> float:
    """SNNC_CC_TIMEOUT: the seconds that a compiler may take."""
    text = os.environ.get("SNNC_CC_TIMEOUT") or "120"
    with suppress(ValueError):
        if 0 < float(text) < math.inf:
            return min(float(text), DAY)
    raise Failed(f"SNNC_CC_TIMEOUT is a number of seconds above 0, not {text!r}")


@functools.cache
def version(*compiler: str) -> str:
    """What the compiler calls itself."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return run([*compiler, "--version"], Path(folder))[1]


def build(text: str, compiler: Sequence[str], path: Path) -> None:
    """Compiles the text into ``path``, which appears at once or not.

    Raises Failed if the compiler does not make it, OSError if it cannot be kept there.
    """
    sweep(path.parent)
    with tempfile.TemporaryDirectory(
        prefix=BUILDS, dir=path.parent, ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        (folder / "kernels.c").write_text(text)
        made = folder / "kernels.so"
        full = [*compiler, "-shared", "-fPIC", "-o", made.name, "kernels.c", "-lm"]
        code, said = run(full, folder)
        if code:
            raise Failed(said.strip()[:LONGEST] or ended(code))
        if not made.is_file():
            raise Failed("it made no library")
        content = made.read_bytes()
        made.write_bytes(content + hashlib.sha256(content).digest())
        made.chmod(0o700)
        made.replace(path)


def intact(path: Path) -> bool:
    """Whether a library is there that only this user can write, and ends with its checksum.

    Half of one would crash.
    """
    if not path.exists():
        return False
    about, content = path.lstat(), path.read_bytes()
    mine = about.st_uid == os.geteuid() and not about.st_mode & 0o022
    whole = content[-32:] == hashlib.sha256(content[:-32]).digest()
    return stat.S_ISREG(about.st_mode) and mine and whole


def sweep(folder: Path) -> None:
    """Removes what builds left behind that were killed with their whole process."""
    for left in folder.glob(f"{BUILDS}*"):
        with suppress(OSError):
            if time.time() - left.lstat().st_mtime > DAY:
                shutil.rmtree(left, ignore_errors=True)


def run(full: Sequence[str], folder: Path) -> tuple[int, str]:
    """How a command in a folder ends, and what it says.

    After ``patience()``, or if this process is interrupted, it is killed with all it started.
    """
    limit = patience()
    with tempfile.TemporaryFile(dir=folder) as said:
        child = started(full, folder, said)
        try:
            code = child.wait(limit)
        except BaseException as error:
            with suppress(OSError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            more = "SNNC_CC_TIMEOUT sets how long it may take"
            raise Slow(f"it did not end within {limit:g} s; {more}") from error
        said.seek(0)
        return code, said.read(4 * LONGEST).decode(errors="replace")


def started(
    full: Sequence[str], folder: Path, said: IO[bytes]
) -> subprocess.Popen[bytes]:
    """The command, at work in a group of its own; its temporary files go into the folder too."""
    environment = {**os.environ, "TMPDIR": str(folder)}
    try:
        return subprocess.Popen(
            full,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise Failed(str(error)) from error


def ended(code: int) -> str:
    """How a command ended that said nothing."""
    return f"it ends with code {code}" if code > 0 else f"signal {-code} ended it"
