"""What a process does to the disk, as events that are counted; at one of them it fails.

``arm`` changes this process for good: it is for one that was forked to fail.
"""

import builtins
import errno
import io
import os
import signal
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

# A kill comes before an event, or in the middle of a write; a full disk stays full.
Failure = Literal["none", "kill", "half", "full"]
CALLS = ("fsync", "replace", "rename", "mkdir", "unlink", "remove", "rmdir", "ftruncate", "chmod")
FREEING = frozenset({"unlink", "remove", "rmdir", "ftruncate", "chmod"})
NAMING = frozenset({"open", "mkdir", "replace", "rename"})  # whose errors name a file
MAKING = os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass
class Armed:
    """How many events there were, and what happens at the one of a number."""

    number: int
    failure: Failure
    log: int  # a file descriptor: one line an event
    done: int = 0

    def event(self, name: str, what: object, half: Callable[[], object] | None = None) -> None:
        """Counts an event that is about to happen, and fails if it is the one."""
        self.done += 1
        WRITE(self.log, f"{name} {what}\n".encode())
        if self.done < self.number or self.failure == "none":
            return
        if self.failure == "full":
            if name not in FREEING:
                where = [str(what)] if name in NAMING else []
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), *where)
        elif self.done == self.number:
            if self.failure == "half" and half:
                half()
            os.kill(os.getpid(), signal.SIGKILL)


WRITE, OPEN = os.write, os.open


def arm(number: int, failure: Failure, log: Path) -> None:
    """Lets this process fail at an event, counted from 1; the log has a line for each."""
    armed = Armed(number, failure, OPEN(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
    for name in CALLS:
        setattr(os, name, _counted(armed, name, getattr(os, name)))

    def opened(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        if flags & MAKING:
            armed.event("open", path)
        return OPEN(path, flags, *args, **kwargs)

    def written(handle: int, data: bytes) -> int:
        armed.event("write", handle, lambda: WRITE(handle, data[: len(data) // 2]))
        return WRITE(handle, data)

    for name, call in (("open", opened), ("write", written)):
        setattr(os, name, call)
    _replace_open(armed)


def _counted(armed: Armed, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*args: Any, **kwargs: Any) -> Any:
        armed.event(name, args[0])
        return call(*args, **kwargs)

    return counted


def _replace_open(armed: Armed) -> None:
    """Files of Python, whose writes are seen when they reach the system."""
    plain = io.open

    class Raw(io.FileIO):
        """A file without a buffer."""

        def write(self, data: Any, /) -> int:
            content = bytes(data)
            half = super().write
            armed.event("write", self.name, lambda: half(content[: len(content) // 2]))
            return super().write(content)

    def opened(
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Any = None,
    ) -> Any:
        if not {*mode} & {*"wax+"}:
            return plain(file, mode, buffering, encoding, errors, newline, closefd, opener)
        if not isinstance(file, int):
            armed.event("open", file)
        raw = Raw(file, mode.replace("b", "").replace("t", ""), closefd, opener)
        if buffering == 0:
            return raw
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        if "b" in mode:
            return buffered
        return io.TextIOWrapper(buffered, encoding, errors, newline, buffering == 1)

    for module in (builtins, io, tempfile._io):  # type: ignore[attr-defined]
        setattr(module, "open", opened)  # noqa: B010
