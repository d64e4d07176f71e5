"""Spec files as bytes, also those that a stranger wrote or linked to.

A spec is a regular file of a stated size whose real path lies in the project. Nothing else is
opened: a device or a named pipe would never end, and what a link leads to would be quoted in
findings.
"""

import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from snnc.source.diagnostic import Diagnostic, Findings, Place, Span

SUFFIX = ".snn.toml"
LONGEST_NAME = 200
"""Bytes of a file's name; generated files and temporary ones carry it too."""
MOST = "SNNC_MAX_BYTES"
MOST_BYTES = 1_000_000
SCHEMA = "snnc.schema.json"
"""The file of the editor's schema."""
CONFIGURATION, PYPROJECT = "snnc.toml", "pyproject.toml"
"""What may configure a project: a file of its own, or ``[tool.snnc]`` of the other."""


_unsaved: ContextVar[Mapping[Path, str]] = ContextVar("_unsaved")


@contextmanager
def unsaved(texts: Mapping[Path, str]) -> Iterator[None]:
    """Files at these real paths have these texts in here, as in an editor before it saves them."""
    token = _unsaved.set(texts)
    try:
        yield
    finally:
        _unsaved.reset(token)


_most: ContextVar[int | None] = ContextVar("_most", default=None)


@contextmanager
def at_most(size: int | None) -> Iterator[None]:
    """Specs may have this number of bytes in here, unless the environment says another."""
    token = _most.set(size)
    try:
        yield
    finally:
        _most.reset(token)


class NotRegular(Exception):
    """The sort of thing at a path: "a folder", "a symlink", "a named pipe"."""


class TooLarge(Exception):
    """A file has more bytes than are read."""


def content(path: Path, root: Path | None = None) -> bytes:
    """The bytes of the spec at ``path``, which lies in ``root``: by default its own project.

    Raises:
        Findings: it is no file that a spec may be.
        OSError: it is not there or cannot be read.
    """
    if problem := bad_name(path.name):
        raise refused(path, problem, "rename the file")
    real, allowed = Path(os.path.realpath(path)), most(path)
    if not real.is_relative_to(root or project(path)):
        raise refused(
            path, "the file lies outside of the project", "a link may lead to another spec"
        )
    if (text := _unsaved.get({}).get(real)) is not None:
        return _checked_size(path, text.encode("utf-8", errors="surrogatepass"), allowed)
    if path.is_symlink() and not real.name.endswith(SUFFIX):
        raise refused(path, f"the file is a symlink to what is no *{SUFFIX} file")
    if path.is_symlink() and not os.path.lexists(real):
        raise refused(path, "the file is a symlink that leads nowhere")
    try:
        return regular(real, allowed)
    except NotRegular as error:
        raise refused(path, f"this is {error}, no file") from None
    except TooLarge:
        raise _too_large(path, allowed) from None
    except OSError as error:  # under the name that was asked for
        raise OSError(error.errno, error.strerror, os.fspath(path)) from None


def _checked_size(path: Path, data: bytes, allowed: int) -> bytes:
    """The bytes of a text that is not saved, unless there are too many. Raises Findings."""
    if len(data) > allowed:
        raise _too_large(path, allowed)
    return data


def _too_large(path: Path, allowed: int) -> Findings:
    advice = f"{MOST} allows another number of bytes, and so does `limits` of [tool.snnc]"
    return refused(path, f"the file has more than {allowed:,} bytes", advice)


def regular(path: Path, most: int) -> bytes:
    """The content of a regular file, which is no link. Raises OSError, NotRegular, TooLarge."""
    _check(path.lstat())
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags), "rb") as file:
        _check(os.fstat(file.fileno()))
        found = file.read(most + 1)
    if len(found) > most:
        raise TooLarge
    return found


def kind(mode: int) -> str:
    """The sort of a file that is no regular one, in words; "" for a regular one."""
    kinds = {
        stat.S_IFREG: "",
        stat.S_IFDIR: "a folder",
        stat.S_IFLNK: "a symlink",
        stat.S_IFIFO: "a named pipe",
        stat.S_IFSOCK: "a socket",
    }
    return kinds.get(stat.S_IFMT(mode), "a device")


def bad_name(name: str) -> str:
    """Why a file cannot have this name; "" if it can. Generated files and messages show it."""
    if any(0xD800 <= ord(char) <= 0xDFFF for char in name):
        return "the name of the file is not UTF-8"
    if not name.isprintable():
        strange = next(char for char in name if not char.isprintable())
        return f"the name of the file has a character that is not printable, U+{ord(strange):04X}"
    if len(name.encode()) > LONGEST_NAME:
        return f"the name of the file has more than {LONGEST_NAME} bytes"
    return ""


def project(path: Path) -> Path:
    """The folder around a spec with .git, snnc.toml or [tool.snnc] in pyproject.toml; or its own.

    They are looked for from where the folder of ``path`` really is.
    """
    own = Path(os.path.realpath(path.parent))
    return next((folder for folder in (own, *own.parents) if _is_root(folder)), own)


def refused(path: Path, message: str, advice: str | None = None) -> Findings:
    """The finding that a file cannot be used; nothing that it holds is in it."""
    place = Place(os.fspath(path).replace(os.sep, "/"), "", Span(0, 0))
    return Findings(Diagnostic("SNN005", "bad-file", message, place, advice))


def _check(found: os.stat_result) -> None:
    if other := kind(found.st_mode):
        raise NotRegular(other)


def _is_root(folder: Path) -> bool:
    return os.path.lexists(folder / ".git") or is_configured(folder)


def is_configured(folder: Path) -> bool:
    """Whether a folder has snnc.toml, or [tool.snnc] in pyproject.toml."""
    if os.path.lexists(folder / CONFIGURATION):
        return True
    try:
        return _has_table(regular(folder / PYPROJECT, MOST_BYTES))
    except (OSError, NotRegular, TooLarge):
        return False


@lru_cache(maxsize=8)
def _has_table(text: bytes) -> bool:
    """Whether a text of TOML has [tool.snnc]. A run asks dozens of times."""
    if b"snnc" not in text and b"\\" not in text:  # nor an escape that could stand for it
        return False
    try:
        tool = tomllib.loads(text.decode()).get("tool")
    except (ValueError, RecursionError):
        return False
    return isinstance(tool, dict) and "snnc" in tool


def most(path: Path) -> int:
    """The number of bytes that a spec may have."""
    stated = os.environ.get(MOST, "")
    if not stated:
        return _most.get() or MOST_BYTES
    if not (stated.isascii() and stated.isdecimal() and 0 < len(stated) < 16):
        raise refused(path, f"{MOST} must be a whole number of bytes, not {stated}")
    return int(stated)


def one_line_end(text: str) -> str:
    """The text with LF for every line end: CRLF, and what conversions make of it twice, CRCRLF."""
    return re.sub(r"\r+\n", "\n", text)
