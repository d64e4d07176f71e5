"""Lines of the user's own code, for messages."""

import linecache
import os
import re
import sys
import traceback
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from types import CodeType, FrameType

import torch

_OURS = str(Path(__file__).parents[2])
_NOT_THEIRS = tuple(f"{folder}{os.sep}" for folder in (Path(torch.__file__).parent, _OURS))


def now(root: CodeType) -> str:
    """The place in the user's code that ``root`` runs now: ``net.py line 12``, or nothing."""
    frames = takewhile(lambda frame: frame.f_code is not root, _frames())
    lines = ((f.f_code.co_filename, f.f_lineno) for f in frames)
    return next((_told(file, line) for file, line in lines if _theirs(file)), "")


def of(error: BaseException) -> str:
    """The place in the user's code that raised an error: ``net.py line 12 (`if x:`)``."""
    frames = traceback.extract_tb(error.__traceback__)
    found = [(f.filename, f.lineno or 0) for f in frames if _theirs(f.filename)]
    if isinstance(error, SyntaxError) and error.filename:
        found.append((error.filename, error.lineno or 0))
    if not found:
        return ""
    own = [place for place in found if "site-packages" not in place[0]]
    file, line = (own or found)[-1]
    text = linecache.getline(file, line).strip()
    return f"{_told(file, line)}{f' (`{text}`)' if text else ''}"


def traced(stack: str) -> str:
    """The user's place in a stack that PyTorch has printed: ``net.py line 12``, or nothing."""
    frames = re.findall(r'File "(.+)", line (\d+)', stack)
    theirs = [(file, int(line)) for file, line in frames if _theirs(file)]
    return _told(*theirs[-1]) if theirs else ""


def said(error: BaseException) -> str:
    """An error in one line: its type, its message's first line, and where."""
    first = next(iter(str(error).splitlines()), "").strip()
    place = of(error)
    kind = type(error).__name__
    return f"{kind}{f': {first}' if first else ''}{f', at {place}' if place else ''}"


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame:
        yield frame
        frame = frame.f_back


def _theirs(file: str) -> bool:
    return not file.startswith((*_NOT_THEIRS, "<"))


def _told(file: str, line: int) -> str:
    path = Path(file)
    here = Path().resolve()
    shown = path.relative_to(here) if path.is_relative_to(here) else path
    return f"{shown} line {line}"
