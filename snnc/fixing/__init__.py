"""Fixes of a run of the linter, applied until nothing changes.

Every fix is linted again before the next one: it has to answer its finding, and never leaves a spec
worse than it was. Nothing here writes: texts are looked at as if they were saved.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from snnc.fixes import edited, fixes_of
from snnc.fixing.checkpoints import graphs, unfit
from snnc.fixing.texts import Texts
from snnc.graph.types import Graph
from snnc.source.diagnostic import Diagnostic, Fix
from snnc.source.reading import unsaved

Check = Callable[[Sequence[Path]], Sequence[Diagnostic]]
MOST_ROUNDS = 50
"""In each, all fixes that do not overlap are applied."""
_ORDER = ("info", "warning", "error")


@dataclass(frozen=True)
class FixOffer:
    """A fix of a finding; ``checkpoint`` says which keys of checkpoints change by it, if any do."""

    finding: Diagnostic
    fix: Fix
    checkpoint: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The finding and the fix, wherever they stand."""
        place = self.finding.place
        return place.path, self.finding.code, self.finding.message, self.fix.title


@dataclass(frozen=True)
class FixedRun:
    """The files that fixes change, with old and new contents, and the findings that are left.

    ``waiting`` are fixes of these that are unsafe and were not asked for.
    """

    changed: dict[Path, tuple[bytes, bytes]]
    applied: tuple[FixOffer, ...]
    findings: tuple[Diagnostic, ...]
    waiting: tuple[FixOffer, ...]


def fixed(paths: Sequence[Path], check: Check, unsafe: bool = False) -> FixedRun:
    """The run with its fixes; ``unsafe`` applies those too that may change what a network is.

    Only files of the run are changed. Raises OSError.
    """
    run = _Run(check, unsafe, Texts.of(paths))
    found = run.look(paths)
    for _ in range(MOST_ROUNDS):
        if not run.round(found):
            break
        found = run.look(paths)
    waiting = tuple(run.waiting(found))
    return FixedRun(run.texts.changed(), tuple(run.applied), tuple(found), waiting)


@dataclass
class _Run:
    """The texts so far, the fixes in them, and the reasons why others are not; "" is none."""

    check: Check
    unsafe: bool
    texts: Texts
    applied: list[FixOffer] = field(default_factory=list)
    refused: dict[tuple[str, str, str, str], str] = field(default_factory=dict)

    def look(self, paths: Sequence[Path]) -> Sequence[Diagnostic]:
        with unsaved(self.texts.now):
            return self.check(paths)

    def round(self, found: Sequence[Diagnostic]) -> bool:
        """Whether something could be fixed; each file is changed once in a round."""
        offers: dict[Path, list[FixOffer]] = {}
        wrong = {each.place.path for each in found if each.severity == "error"}
        for offer in self._offers(found):
            if self._wanted(offer, offer.finding.place.path in wrong):
                offers.setdefault(self.texts.real(offer.fix.path), []).append(offer)
        done = [self._file(real, _apart(each)) for real, each in offers.items()]
        return any(done)

    def _wanted(self, offer: FixOffer, wrong: bool) -> bool:
        """Whether to try a fix: where something is wrong, only what mends that is certain."""
        if offer.key in self.refused or (wrong and offer.finding.severity != "error"):
            return False
        return self.unsafe or offer.fix.safety == "safe"

    def waiting(self, found: Sequence[Diagnostic]) -> Iterator[FixOffer]:
        """The fixes that somebody has to ask for."""
        for offer in self._offers(found) if not self.unsafe else ():
            why = self.refused.get(offer.key)
            if why or (why is None and offer.fix.safety == "unsafe"):
                yield replace(offer, checkpoint=why or "")

    def _offers(self, found: Sequence[Diagnostic]) -> Iterator[FixOffer]:
        for finding in found:
            yield from (FixOffer(finding, f) for f in fixes_of(finding)[:1] if self.texts.has(f))

    def _file(self, real: Path, offers: Sequence[FixOffer]) -> bool:
        """Applies all of some fixes of a file, or else the first that holds by itself."""
        if len(offers) > 1 and self._tried(real, offers) is None:
            return True
        for offer in offers:
            if (why := self._tried(real, [offer])) is None:
                return True
            self.refused[offer.key] = why
        return False

    def _tried(self, real: Path, offers: Sequence[FixOffer]) -> str | None:
        """None if the fixes are applied now; else why they are not, "" if they would not help."""
        users, old = self.texts.users(real), self.texts.now[real]
        before = self.look(users)
        networks = self._graphs(users) if _worst(before) < _ORDER.index("error") else {}
        edits = [edit for offer in offers for edit in offer.fix.edits]
        self.texts.put(real, edited(old, edits))
        helps = not self.texts.repeated(real) and _answered(offers, before, self.look(users))
        keys = unfit(networks, self._graphs([*networks])) if helps else ""
        if not helps or (keys and not self.unsafe):
            self.texts.put(real, old)
            return keys
        self.applied += [replace(offer, checkpoint=keys) for offer in offers]
        return None

    def _graphs(self, paths: Sequence[Path]) -> dict[Path, Graph]:
        with unsaved(self.texts.now):
            return graphs(paths)


def _apart(offers: Sequence[FixOffer]) -> list[FixOffer]:
    """The offers whose edits do not touch, the first in the file first."""
    kept: list[FixOffer] = []
    end = -1
    for offer in sorted(offers, key=lambda offer: offer.fix.edits[0].place.span):
        spans = [edit.place.span for edit in offer.fix.edits]
        if min(spans)[0] > end:
            kept.append(offer)
            end = max(span.end for span in spans)
    return kept


def _answered(
    offers: Sequence[FixOffer], before: Sequence[Diagnostic], after: Sequence[Diagnostic]
) -> bool:
    """Whether the findings of the fixes are gone, and the worst one is no worse."""
    due = Counter((o.finding.place.path, o.finding.code, o.finding.message) for o in offers)
    had, has = (_counted(found) for found in (before, after))
    gone = all(has[key] <= had[key] - count for key, count in due.items())
    return gone and _worst(after) <= _worst(before)


def _counted(found: Iterable[Diagnostic]) -> Counter[tuple[str, str, str]]:
    return Counter((each.place.path, each.code, each.message) for each in found)


def _worst(found: Sequence[Diagnostic]) -> int:
    """The severity of the worst finding; -1 if there is none."""
    return max((_ORDER.index(each.severity) for each in found), default=-1)
