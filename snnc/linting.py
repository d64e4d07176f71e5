"""All specs of one run of the linter: what only several of them together can show.

A definition that nothing uses is told if no spec of the run uses it, in files of the run only. The
comments of every file count, those of bases too. A finding in a base is told once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from snnc.document import Document, of, reader, used_in
from snnc.duplicates import duplicates
from snnc.graph.types import Graph
from snnc.resolve.bases import chain, is_abstract
from snnc.rules import LintRule, rules, suspicions
from snnc.source.diagnostic import Diagnostic, Findings, Span
from snnc.source.source import Source, read
from snnc.source.suppress import suppress

Link = Callable[[Document], Graph]
_LEFT_OPEN = frozenset({"missing-key", "unknown-variable"})
"""Errors that an abstract spec may have: whatever extends it says the rest."""


@dataclass(frozen=True)
class _Linted:
    """One spec: its files as far as they are known, the document if it is whole, what was found.

    ``used`` are the definitions that an abstract spec uses, if it is no whole document.
    """

    path: Path
    sources: tuple[Source, ...]
    found: tuple[Diagnostic, ...]
    document: Document | None = None
    abstract: bool = False
    used: frozenset[tuple[str, Span]] = frozenset()

    @property
    def unknown(self) -> bool:
        """Whether its mistakes hide what it uses."""
        return self.document is None and bool(self.found or not self.abstract)

    def defines(self, finding: Diagnostic) -> bool:
        """Whether what the finding is about is a part of this spec."""
        place = finding.place
        return self.document is not None and (place.path, place.span) in self.document.definitions


def findings(
    paths: Sequence[Path],
    settings: Sequence[str],
    link: Link,
    chosen: Iterable[LintRule] | None = None,
) -> tuple[Diagnostic, ...]:
    """The findings in some specs, each by itself and all together. Raises OSError."""
    rules_of = None if chosen is None else tuple(chosen)
    run = [_linted(path, settings, link, rules_of) for path in paths]
    told = _answered(run, [*_once(run)])
    known = [(each.path, each.document) for each in run if each.document and not each.abstract]
    return (*_agreed(run, told), *(twin for _, _, twin in duplicates(known)))


def _linted(
    path: Path, settings: Sequence[str], link: Link, chosen: Iterable[LintRule] | None
) -> _Linted:
    try:
        source = read(path)
        abstract = is_abstract(source)
    except Findings as error:
        return _Linted(path, (), error.diagnostics)
    try:
        document = of(source, settings)
        found = suspicions(document, link(document), chosen)
        return _Linted(path, document.sources, tuple(found), document, abstract)
    except Findings as error:
        found = [d for d in error.diagnostics if not abstract or d.name not in _LEFT_OPEN]
        used = _used(source, settings) if abstract else frozenset()
        return _Linted(path, _files(source), tuple(found), None, abstract, used)


def _used(source: Source, settings: Sequence[str]) -> frozenset[tuple[str, Span]]:
    try:
        return used_in(source, settings)
    except Findings:
        return frozenset()


def _files(source: Source) -> tuple[Source, ...]:
    try:
        return chain(source, reader(source))
    except Findings:
        return (source,)


def _once(run: Sequence[_Linted]) -> Iterator[Diagnostic]:
    """All findings, those in a base once, however many specs extend it."""
    told = set[tuple[str, str, Span, str]]()
    for each in run:
        for finding in each.found:
            place = finding.place
            key = (finding.code, place.path, place.span, finding.message)
            own = place.path == each.path.as_posix()
            if own or key not in told:
                yield finding
            told.add(key)


def _answered(run: Sequence[_Linted], found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings without those that a comment in their file ignores."""
    sources = {source.path: source for each in run for source in each.sources}
    groups: dict[str, list[Diagnostic]] = {path: [] for path in sources}
    for finding in found:
        groups.setdefault(finding.place.path, []).append(finding)
    judged = _judged(run)
    for path, group in groups.items():
        yield from suppress(sources[path], group, path in judged) if path in sources else group


def _judged(run: Sequence[_Linted]) -> set[str]:
    """The files of which all findings are known: an abstract spec needs one that extends it."""
    own = {each.path.as_posix() for each in run}
    extended = {source.path for each in run for source in each.sources[:-1]}
    open_ends = {each.path.as_posix() for each in run if each.abstract} - extended
    hidden = {source.path for each in run if each.unknown for source in each.sources}
    return own - open_ends - hidden


def _agreed(run: Sequence[_Linted], found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings without those about a definition that another spec of the run uses."""
    used = {place for each in run for place in each.used}
    shared = {rule.code for rule in rules() if rule.shared}
    judged = {*_judged(run), "--set"}
    told = [{(d.code, d.place.path, d.place.span) for d in each.found} for each in run]
    for finding in found:
        if finding.code not in shared:
            yield finding
        elif finding.place.path in judged and (finding.place.path, finding.place.span) not in used:
            key = finding.code, finding.place.path, finding.place.span
            having = [(e, key in t) for e, t in zip(run, told, strict=True) if e.defines(finding)]
            if all(said for _, said in having) and not all(e.abstract for e, _ in having):
                yield finding
