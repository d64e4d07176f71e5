"""The thing at a file's place below a folder. Links are seen, never followed."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from snnc.source.reading import NotRegular, TooLarge, kind, regular

MOST_BYTES = 64_000_000
"""No generated file is as large, as 20,000 layers in a cycle make 11 MB; no larger one is read."""


@dataclass(frozen=True)
class Found:
    """A text, or what is in its way; neither, if nothing is there."""

    text: str | None = None
    obstacle: str = ""


def at(folder: Path, name: str) -> Found:
    """The thing at ``folder / name``. Each part of ``name`` but the last must be a real folder.

    ``folder`` itself may be a link: whoever named it meant it. Raises OSError.
    """
    if problem := _not_a_folder(folder, follow=True):
        return Found(obstacle=problem)
    for part in reversed(PurePosixPath(name).parents[:-1]):
        if problem := _not_a_folder(folder / part, follow=False):
            return Found(obstacle=problem)
    return _file(folder / name)


def _file(path: Path) -> Found:
    """The text with the line ends that were written: git may have made them CRLF at check-out.

    What is not text is nobody's generated file.
    """
    try:
        data = regular(path, MOST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return Found()
    except NotRegular as error:
        return Found(obstacle=f"{path} is {error}")
    except TooLarge:
        return Found(obstacle=f"{path} is larger than any generated file")
    return Found(data.decode("utf-8", errors="replace").replace("\r\n", "\n"))


def _not_a_folder(path: Path, follow: bool) -> str:
    """The thing that is there instead of a folder; "" if it is one, or nothing is there."""
    try:
        mode = path.stat(follow_symlinks=follow).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    return "" if stat.S_ISDIR(mode) else f"{path} is {kind(mode) or 'a file'}"


def inside(name: str) -> bool:
    """Whether ``name``, from a list that anybody may have written, is that of a file below."""
    path = PurePosixPath(name)
    plain = name.isprintable() and "\\" not in name and str(path) == name
    return plain and not path.is_absolute() and ".." not in path.parts and name != "."


def folders(path: Path) -> list[str]:
    """The names of the real folders in a folder."""
    with os.scandir(path) as entries:
        return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
