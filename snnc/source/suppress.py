"""Warnings that a person has answered: ``# snnc: ignore[dead-layer]``.

The comment stands on the finding's line, or alone on the line above; ``file-ignore`` stands
anywhere. It names what it ignores, by name or code: a blanket ignore would hide what comes later,
and one that no longer hides anything is reported so that it goes away.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from snnc.source.diagnostic import Diagnostic, Place, Span, order
from snnc.source.source import Source
from snnc.source.tree import Tree

_DIRECTIVE = re.compile(r"#\s*snnc:\s*(?P<file>file-)?ignore(?![\w-])\s*(?:\[(?P<names>[^\]]*)\])?")
_NAME = re.compile(r"[^\s,]+")
MOST_NAMES = 50
"""In one comment."""
_Key = tuple[str, int | None]


@dataclass(frozen=True)
class _Ignore:
    """One name in brackets. ``line`` is the line it speaks for, None for the whole file."""

    name: str
    place: Place
    line: int | None

    @property
    def key(self) -> _Key:
        """The keys by which a finding on this line, or anywhere, is looked up."""
        return self.name, self.line


def suppress(
    source: Source,
    findings: Sequence[Diagnostic],
    judged: bool = True,
    silent: Collection[str] = frozenset(),
) -> tuple[Diagnostic, ...]:
    """The findings without the warnings that ``source`` ignores, and what is wrong with ignores.

    Errors are never suppressed; findings in other files pass through. ``judged``: all findings in
    this file are known, so that an ignore without one is wrong; but of the names of ``silent``,
    rules that do not run.
    """
    directives = list(_directives(source))
    ignores = [ignore for place, match in directives for ignore in _ignores(place, match)]
    wanted = {ignore.key for ignore in ignores}
    texts = sorted(_long_strings(source.tree), key=_start)
    answered: set[_Key] = set()
    refused: set[_Key] = set()
    kept = []
    for finding in findings:
        covering = wanted.intersection(_keys(source, finding, texts))
        is_error = finding.severity == "error" and not finding.of_rule
        (refused if is_error else answered).update(covering)
        if is_error or not covering:
            kept.append(finding)
    due = [ignore for ignore in ignores if judged and ignore.name not in silent]
    unused = [ignore for ignore in due if ignore.key not in answered]
    answers = [_unused(ignore, ignore.key in refused) for ignore in unused]
    wrong = [found for place, match in directives for found in _wrong(place, match)]
    return tuple(sorted([*kept, *answers, *wrong], key=order))


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
    places = [Place(place.path, place.text, span) for span in _names(match)[:MOST_NAMES]]
    return [_Ignore(name.quoted, name, line) for name in places]


def _target(place: Place) -> int:
    """The comment's own line if something else stands there, otherwise the one below."""
    line, column = place.start
    before = place.text[place.span.start - column + 1 : place.span.start]
    return line if before.split("#")[0].strip() else line + 1


def _keys(source: Source, finding: Diagnostic, texts: Sequence[Tree]) -> Iterator[_Key]:
    """The keys of every comment that could answer a finding; none if it is in another file."""
    if finding.place.path == source.path:
        for line in (None, *_lines(finding.place, texts)):
            yield finding.code, line
            yield finding.name, line


def _start(text: Tree) -> int:
    return text.place.span.start


def _lines(place: Place, texts: Sequence[Tree]) -> frozenset[int]:
    """The lines on which a comment may answer a finding.

    No comment fits inside a string of several lines: there, those of its key and its end.
    """
    before = bisect_right(texts, place.span.start, key=_start)
    around = [t for t in texts[max(before - 1, 0) : before] if place.span.start < t.place.span.end]
    edges = [line for t in around for line in (t.key.start.line, t.place.end.line)]
    return frozenset((place.start.line, *edges))


def _long_strings(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree.value, str) and "\n" in tree.place.quoted:
        yield tree
    for child in (*tree.table.values(), *tree.items):
        yield from _long_strings(child)


def _wrong(place: Place, match: re.Match[str]) -> Iterator[Diagnostic]:
    """The fault of a comment itself: it names nothing, or too much."""
    names = _names(match)
    if not names:
        yield _blanket(place)
    if len(names) > MOST_NAMES:
        message = f"a comment ignores at most {MOST_NAMES} rules, and this one names {len(names):,}"
        at = Place(place.path, place.text, names[MOST_NAMES])
        yield Diagnostic("SNN003", "blanket-ignore", message, at, "the further ones are not read")


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
