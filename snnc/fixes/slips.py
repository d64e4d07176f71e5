"""Changes of what is no TOML, or stands in a comment: characters at the place of the finding."""

import re
from collections.abc import Sequence

from snnc.source.diagnostic import Diagnostic, Edit, Place, Span
from snnc.source.spans import STRING

_TOKEN = re.compile(rf"{STRING.pattern}|#[^\n]*|[][{{}}\n]")
_END = re.compile(r"[ \t]*,?[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_BREAK = re.compile(r"(,?)[ \t]*\n\s*")
_Edits = Sequence[Edit | None]


def text(finding: Diagnostic, match: re.Match[str]) -> _Edits:
    """The very text that the advice quotes."""
    return [Edit(finding.place, match[1])] if finding.place.quoted else []


def quotes(finding: Diagnostic, match: re.Match[str]) -> _Edits:
    """The place in quotes, if it is one word."""
    word = finding.place.quoted
    return [Edit(finding.place, f'"{word}"')] if re.fullmatch(r"[A-Za-z]\w*", word) else []


def nothing(finding: Diagnostic, match: re.Match[str]) -> _Edits:
    """The place is deleted."""
    return [Edit(finding.place, "")] if finding.place.quoted in (";", ",") else []


def space(finding: Diagnostic, match: re.Match[str]) -> _Edits:
    """A plain space for one that is none."""
    return [Edit(finding.place, " ")]


def equals(finding: Diagnostic, match: re.Match[str]) -> _Edits:
    """``=`` for the colon at the end of the place."""
    length = len(finding.place.quoted)
    return [Edit(finding.place.within(length - 1, length), " =")]


def comma_behind(finding: Diagnostic, match: re.Match[str]) -> _Edits:
    """A comma behind the place."""
    length = len(finding.place.quoted)
    return [Edit(finding.place.within(length, length), ",")]


def comma_before(finding: Diagnostic, match: re.Match[str]) -> _Edits:
    """A comma behind what stands before the place."""
    whole, start = finding.place.text, finding.place.span.start
    at = len(whole[:start].rstrip(" \t"))
    return [Edit(_between(finding.place, at, at), ",")]


def brace(finding: Diagnostic, match: re.Match[str]) -> _Edits:
    """A closing brace at the end of the line, before the comma that separates items."""
    whole, at = finding.place.text, finding.place.span.start + 1
    line_end = whole.find("\n", at)
    stop = len(whole) if line_end < 0 else line_end
    last = at
    for token in re.finditer(rf"{STRING.pattern}|[^\s,#\"']+|#[^\n]*", whole[at:stop]):
        if token[0][0] == "#":
            break
        last = at + token.end()
    return [Edit(_between(finding.place, last, last), " }")] if _END.match(whole, last) else []


def brace_of_expression(finding: Diagnostic, match: re.Match[str]) -> _Edits:
    """A closing brace at the end of a string that begins with ``${``."""
    quoted = finding.place.quoted
    if not re.fullmatch(r"([\"'])\$\{[^{}\n]*\1", quoted):
        return []
    return [Edit(finding.place.within(len(quoted) - 1, len(quoted) - 1), "}")]


def one_line(finding: Diagnostic, match: re.Match[str]) -> _Edits:
    """The lines of an inline table joined; not if a comment is in it."""
    whole, start = finding.place.text, finding.place.span.start
    end = _closing(whole, start)
    if end is None:
        return []
    edits = []
    for found in _BREAK.finditer(whole, start, end):
        last = whole[found.end()] == "}"
        edits.append(Edit(_between(finding.place, *found.span()), " " if last else f"{found[1]} "))
    return edits


def _closing(whole: str, start: int) -> int | None:
    """The end of the table that opens at ``start``; None if a comment or a long string is in it."""
    depth = 0
    for token in _TOKEN.finditer(whole, start):
        word = token[0]
        if word[0] == "#" or (word[0] in "\"'" and "\n" in word):
            return None
        depth += (word in ("{", "[")) - (word in ("}", "]"))
        if depth == 0 and word != "\n":
            return token.end()
    return None


def ignore(finding: Diagnostic, match: re.Match[str]) -> _Edits:
    """An unused name of a comment ``# snnc: ignore[…]``, or the comment if it names no other."""
    if finding.name != "unused-ignore":
        return []
    whole, (start, end) = finding.place.text, finding.place.span
    opened, closed = whole.rfind("[", 0, start), whole.find("]", end)
    names = [word.strip() for word in whole[opened + 1 : closed].split(",")]
    if len([name for name in names if name]) > 1:
        return [_name(finding.place, opened, closed)]
    comment = whole.rfind("#", 0, opened)
    line_end = whole.find("\n", closed)
    stop = len(whole) if line_end < 0 else line_end
    if whole[closed + 1 : stop].strip():
        return []  # something else is said behind it
    line = whole.rfind("\n", 0, comment) + 1
    if not whole[line:comment].strip():
        return [Edit(_between(finding.place, line, min(stop + 1, len(whole))), "")]
    before = len(whole[:comment].rstrip(" \t"))
    return [Edit(_between(finding.place, before, stop), "")]


def _name(place: Place, opened: int, closed: int) -> Edit:
    """A name of several, with one comma."""
    whole, (start, end) = place.text, place.span
    if behind := re.compile(r"[ \t]*,[ \t]*").match(whole, end, closed):
        return Edit(_between(place, start, behind.end()), "")
    before = len(whole[opened + 1 : start].rstrip(" \t,")) + opened + 1
    return Edit(_between(place, before, end), "")


def _between(place: Place, start: int, end: int) -> Place:
    return Place(place.path, place.text, Span(start, end))
