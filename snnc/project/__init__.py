"""The only package that writes: files on the disk, compared or replaced, never half written.

Nothing below a folder is followed, read or replaced that is not a regular file in a real folder.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from snnc.formats._visible import visible
from snnc.project.files import File, State
from snnc.project.left_over import INIT, left_over
from snnc.project.reading import at
from snnc.project.writing import differs, replace, write

__all__ = [
    "INIT",
    "File",
    "State",
    "at",
    "compare",
    "diff",
    "differs",
    "left_over",
    "replace",
    "write",
]


def compare(folder: Path, files: Mapping[str, str]) -> tuple[File, ...]:
    """Every file of the package in ``folder``: those wanted, and generated ones left over."""
    wanted = [File(folder, name, text, at(folder, name)) for name, text in files.items()]
    return (*wanted, *left_over(folder, files))


def diff(files: tuple[File, ...]) -> str:
    """The changes that :func:`write` would make, as a unified diff, without files in its way."""
    return "".join(line for file in files if not file.obstacle for line in _diff(file))


def _diff(file: File) -> Iterator[str]:
    yield from diff_of_texts(file.path.as_posix(), file.have, file.want)


def diff_of_texts(path: str, have: str | None, want: str | None) -> Iterator[str]:
    """A unified diff of two contents of a file, as a terminal may show it; None: there is none."""
    from difflib import unified_diff

    name = visible(path)
    old, new = ("/dev/null" if text is None else name for text in (have, want))
    for line in unified_diff(_lines(have or ""), _lines(want or ""), old, new):
        shown = "\t".join(map(visible, line.removesuffix("\n").split("\t")))
        yield f"{shown}\n" if line.endswith("\n") else f"{shown}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """The lines with their ends. Only a line feed is one, as for every other tool."""
    *whole, last = text.split("\n")
    return [*(f"{line}\n" for line in whole), *([last] if last else [])]
