"""Warnings that a person has answered: ``# snnc: ignore[dead-layer]``.

The comment stands on the finding's line, or alone on the line above; ``file-ignore`` stands
anywhere. It names what it ignores, by name or code: a blanket ignore would hide what comes later,
and one that no longer hides anything is reported so that it goes away.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from snnc.source.diagnostic import Diagnostic, Place, Span, order
from snnc.source.source import Source
from snnc.source.tree import Tree

_DIRECTIVE = re.compile(r"#\s*snnc:\s*(?P<file>file-)?ignore(?![\w-])\s*(?:\[(?P<names>[^\]]*)\])?")
_NAME = re.compile(r"[^\s,]+")


@dataclass(frozen=True)
class _Ignore:
    """One name in brackets. ``line`` is the line it speaks for, None for the whole file."""

    name: str
    place: Place
    line: int | None


def suppress(source: Source, findings: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings without the warnings that ``source`` ignores, and what is wrong with ignores.

    Errors are never suppressed; findings in other files pass through.
    """
    directives = list(_directives(source))
    ignores = [ignore for place, match in directives for ignore in _ignores(place, match)]
    texts = list(_long_strings(source.tree))
    warnings = [finding for finding in findings if finding.severity == "warning"]
    errors = [finding for finding in findings if finding.severity == "error"]
    kept = [w for w in warnings if not any(_covers(i, w, texts) for i in ignores)]
    unused = [i for i in ignores if not any(_covers(i, w, texts) for w in warnings)]
    forbidden = [i for i in unused if any(_covers(i, e, texts) for e in errors)]
    answers = [_unused(ignore, ignore in forbidden) for ignore in unused]
    blankets = [_blanket(place) for place, match in directives if not _names(match)]
    return tuple(sorted([*errors, *kept, *answers, *blankets], key=order))


def _directives(source: Source) -> Iterator[tuple[Place, re.Match[str]]]:
    for comment in source.comments:
        match = _DIRECTIVE.search(source.text, comment.start, comment.end)
        if match:
            yield source.place(Span(*match.span())), match


def _names(match: re.Match[str]) -> list[Span]:
    if match["names"] is None:
        return []
    return [Span(*name.span()) for name in _NAME.finditer(match.string, *match.span("names"))]


def _ignores(place: Place, match: re.Match[str]) -> list[_Ignore]:
    line = None if match["file"] else _target(place)
    places = [Place(place.path, place.text, span) for span in _names(match)]
    return [_Ignore(name.quoted, name, line) for name in places]


def _target(place: Place) -> int:
    """The comment's own line if something else stands there, otherwise the one below."""
    line, column = place.start
    before = place.text[place.span.start - column + 1 : place.span.start]
    return line if before.split("#")[0].strip() else line + 1


def _covers(ignore: _Ignore, finding: Diagnostic, texts: Sequence[Tree]) -> bool:
    if ignore.name not in (finding.code, finding.name) or finding.place.path != ignore.place.path:
        return False
    return ignore.line is None or ignore.line in _lines(finding.place, texts)


def _lines(place: Place, texts: Sequence[Tree]) -> frozenset[int]:
    """The lines on which a comment may answer a finding.

    No comment fits inside a string of several lines: there, those of its key and its end.
    """
    around = [t for t in texts if t.place.span.start <= place.span.start < t.place.span.end]
    edges = [line for t in around for line in (t.key.start.line, t.place.end.line)]
    return frozenset((place.start.line, *edges))


def _long_strings(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree.value, str) and "\n" in tree.place.quoted:
        yield tree
    for child in (*tree.table.values(), *tree.items):
        yield from _long_strings(child)


def _blanket(place: Place) -> Diagnostic:
    word = "file-ignore" if "file-" in place.quoted else "ignore"
    message = f"`{word}` must name what it ignores"
    return Diagnostic(
        "SNN003", "blanket-ignore", message, place, f"write `# snnc: {word}[rule-name]`"
    )


def _unused(ignore: _Ignore, is_error: bool) -> Diagnostic:
    message = f"`{ignore.name}` ignores nothing here"
    advice = "it is an error, and only warnings can be ignored" if is_error else "remove it"
    return Diagnostic("SNN004", "unused-ignore", message, ignore.place, advice, severity="warning")
