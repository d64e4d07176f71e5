"""Fixes of findings: the edits of a file that carry out what the advice says.

``fixes_of`` lists those of one finding, ``edited`` applies some to a text. Nothing here writes.
What makes fixes is imported with the first finding: most specs have none.
"""

import re
from collections.abc import Iterable, Sequence

from snnc.source.diagnostic import OTHER_NETWORK, Diagnostic, Edit, Fix, Place, Safety

SETTINGS = "--set"
"""The path of what stands on the command line, which no fix can change."""


def fixes_of(finding: Diagnostic) -> tuple[Fix, ...]:
    """The fixes of a finding, the likeliest first; none, if its advice needs a person.

    Each changes one file, which may be a base of the spec that was checked.
    """
    if finding.place.path == SETTINGS:
        return ()
    from snnc.fixes.advice import advised

    found = finding.fixes or advised(finding)
    return tuple(fix for fix in found if fix.path != SETTINGS)


def edited(text: str, edits: Iterable[Edit]) -> str:
    """``text`` with edits that do not overlap, and all else as it was.

    ``text`` is that of their places as the file has it: a line may end with CRLF, and then the new
    lines do.
    """
    long_ends = [found.span() for found in re.finditer(r"\r+\n", text)]
    for edit in sorted(edits, key=lambda edit: edit.place.span, reverse=True):
        start, end = (_offset(long_ends, at) for at in edit.place.span)
        new = edit.text.replace("\n", "\r\n") if long_ends else edit.text
        text = f"{text[:start]}{new}{text[end:]}"
    return text


def _offset(long_ends: Sequence[tuple[int, int]], at: int) -> int:
    """The offset in a file of one in its text with short line ends."""
    for start, end in long_ends:
        if at <= start:
            break
        at += end - start - 1
    return at


def deletion(
    place: Place, title: str, safety: Safety = "unsafe", warning: str = OTHER_NETWORK
) -> tuple[Fix, ...]:
    """The fix that deletes the entry, item or table at ``place``; none, if it cannot be told."""
    from snnc.fixes.entries import deleted, entry

    found = entry(place)
    edit = deleted(found) if found else None
    return (Fix(title, (edit,), safety, "" if safety == "safe" else warning),) if edit else ()


def statement(place: Place, key: str, value: str, warning: str = OTHER_NETWORK) -> tuple[Fix, ...]:
    """The unsafe fix that states ``key = value`` in the layer, or for the entry, at ``place``."""
    from snnc.fixes.changes import setting
    from snnc.fixes.entries import entry

    found = entry(place)
    edit = setting(found, key, value) if found else None
    return (Fix(f"Write `{key} = {value}`", (edit,), "unsafe", warning),) if edit else ()
