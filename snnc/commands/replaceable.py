"""The file of an option: written anew, or replaced if it is of the kind that the command writes."""

from collections.abc import Callable
from pathlib import Path

from snnc import project
from snnc.terminal import UsageError


def replaceable(
    out: Path, text: str, ours: Callable[[str], bool], what: str
) -> tuple[project.File, ...]:
    """The file at ``out`` with its new text; ``ours`` says whether an old text may go.

    Raises UsageError if something else is there.
    """
    if not out.name:
        raise UsageError(f"{out}: this is a folder, name a file in it")
    files = project.compare(out.parent, {out.name: text})
    if problem := files[0].obstacle:
        raise UsageError(f"{problem}: name another file")
    if files[0].have is not None and not ours(files[0].have):
        raise UsageError(f"{out}: exists and is no {what}: name another file")
    return files
