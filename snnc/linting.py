"""All specs of one run of the linter: what only several of them together can show.

A definition that nothing uses is told if no spec of the run uses it, in files of the run only. The
comments of every file count, those of bases too. A finding in a base is told once.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from snnc.checked import Checked, checked
from snnc.document import Definition, Document
from snnc.duplicates import duplicates
from snnc.project.place import check_stated, folders_of
from snnc.rules import rules
from snnc.selection import RuleSelection, selection
from snnc.source.diagnostic import Diagnostic, Findings, Span
from snnc.source.source import Source
from snnc.source.suppress import suppress


@dataclass(frozen=True)
class LintedSpec:
    """One spec of the run, and what was found."""

    path: str
    checked: Checked
    silent: frozenset[str] = frozenset()

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files of the spec, as far as they are known."""
        return self.checked.examined.sources if self.checked.examined else ()

    @property
    def abstract(self) -> bool:
        return self.checked.examined is not None and self.checked.examined.abstract

    @property
    def open_end(self) -> bool:
        """Whether it is an abstract spec that leaves something to others, and is fine so far."""
        return self.abstract and not self.checked.ruled and not self.checked.findings

    @property
    def used(self) -> frozenset[Definition]:
        """The definitions that it uses, if it leaves something open: no rule can tell of it."""
        return (
            self.checked.examined.used if self.checked.examined and self.open_end else frozenset()
        )

    @property
    def wrong(self) -> bool:
        return any(finding.severity == "error" for finding in self.checked.findings)

    def defines(self, finding: Diagnostic) -> bool:
        """Whether what the finding is about is a part of this spec, of which rules told."""
        examined = self.checked.examined if self.checked.ruled else None
        return examined is not None and _definition(finding) in examined.definitions


def findings(
    paths: Sequence[Path],
    settings: Sequence[str] = (),
    select: Callable[[Path], RuleSelection] = selection,
) -> tuple[Diagnostic, ...]:
    """The findings in some specs, each by itself and all together.

    ``select`` gives the rules for a spec. Raises OSError; Findings: a configuration is wrong.
    """
    return look(paths, settings, select).findings


@dataclass(frozen=True)
class LintRun:
    """The findings of a run, the files that were read, and the folders that specs ask for.

    ``specs`` are those of the run, each by itself.
    """

    findings: tuple[Diagnostic, ...]
    sources: tuple[Source, ...]
    folders: tuple[Path, ...]
    specs: tuple[LintedSpec, ...] = ()


def look(
    paths: Sequence[Path],
    settings: Sequence[str] = (),
    select: Callable[[Path], RuleSelection] = selection,
) -> LintRun:
    """The findings in some specs, as :func:`findings`, and what they depend on."""
    by_folder = {path.parent: path for path in paths}
    selections = {folder: select(path) for folder, path in by_folder.items()}
    run = tuple(_linted(path, settings, selections[path.parent]) for path in paths)
    told = _agreed(run, _answered(run, [*_once(run)]))
    known = [
        (Path(each.path), document)
        for each in run
        if (document := each.checked.document) and not each.abstract
    ]
    every = (*told, *(twin for _, _, twin in duplicates(known)), *_misplaced(known))
    sources = {source.path: source for each in run for source in each.sources}
    folders = [each for path, document in known for each in folders_of(path, document)]
    return LintRun(every, tuple(sources.values()), tuple(dict.fromkeys(folders)), run)


def _linted(path: Path, settings: Sequence[str], selection: RuleSelection) -> LintedSpec:
    found = checked(path, settings, selection.running)
    judged = tuple(selection.judged(found.findings))
    return LintedSpec(path.as_posix(), replace(found, findings=judged), selection.silent)


def _misplaced(known: Iterable[tuple[Path, Document]]) -> Iterator[Diagnostic]:
    """Packages and runtimes that no build would write where their specs say."""
    for path, document in known:
        try:
            check_stated(path, document)
        except Findings as found:
            yield from found.diagnostics


def _definition(finding: Diagnostic) -> Definition:
    return finding.place.path, finding.place.span


def _once(run: Sequence[LintedSpec]) -> Iterator[Diagnostic]:
    """All findings, those in a base once, however many specs extend it."""
    told = set[tuple[str, str, Span, str]]()
    for each in run:
        for finding in each.checked.findings:
            key = (finding.code, *_definition(finding), finding.message)
            if finding.place.path == each.path or key not in told:
                yield finding
            told.add(key)


def _answered(run: Sequence[LintedSpec], found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings without those that a comment in their file ignores."""
    sources = {source.path: source for each in run for source in each.sources}
    groups: dict[str, list[Diagnostic]] = {path: [] for path in sources}
    for finding in found:
        groups.setdefault(finding.place.path, []).append(finding)
    silent = {word for each in run for word in each.silent}
    own, due = {each.path for each in run}, _known(run) - _files(run, lambda each: each.wrong)
    for path, group in groups.items():
        known = path in sources
        told = suppress(sources[path], group, path in due, silent) if known else group
        yield from (d for d in told if path in own or d.name != "blanket-ignore")


def _known(run: Sequence[LintedSpec]) -> set[str]:
    """The files of the run of which all users are known; an abstract one needs a user."""
    extended = {source.path for each in run for source in each.sources[:-1]}
    alone = {each.path for each in run if each.abstract} - extended
    hidden = _files(run, lambda each: not each.checked.ruled and not each.open_end)
    return {each.path for each in run} - alone - hidden


def _files(run: Sequence[LintedSpec], which: Callable[[LintedSpec], bool]) -> set[str]:
    return {source.path for each in run if which(each) for source in each.sources}


def _agreed(run: Sequence[LintedSpec], found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The findings without those about a definition that another spec of the run uses."""
    shared = {rule.code for rule in rules() if rule.shared}
    used = {place for each in run for place in each.used}
    known = {*_known(run), "--set"}
    told = [{(d.code, *_definition(d)) for d in each.checked.findings} for each in run]
    for finding in found:
        if finding.code not in shared:
            yield finding
        elif finding.place.path in known and _definition(finding) not in used:
            key = (finding.code, *_definition(finding))
            having = [(e, key in t) for e, t in zip(run, told, strict=True) if e.defines(finding)]
            if all(said for _, said in having) and not all(e.abstract for e, _ in having):
                yield finding
