"""The shapes of a cycle: what is certain, what is assumed, and why that ends.

*Certain* is what follows from the shapes that enter the cycle: an operator has a certain shape once
all that it reads has, and a merge (a sum, a product, a neuron of several inputs) as soon as one of
its inputs has, because all of them have one shape. Each operator becomes certain at most once, and
is then looked at once for each edge, so this ends after as many looks as there are edges. What is
certain is never given up: if another input of a merge disagrees, that is an error of the spec.

*Assumed* is the rest. Where nothing is left that is certain, the first operator that knows one of
its inputs is given another one: the shape of the one that it knows, of a value close above it, or a
single number, the first that fits. What follows from that is computed as before, around the cycle
until it comes back. There the assumption is replaced by what was computed, and that goes around in
turn. It ends where everything agrees with its inputs. An operator may change its shape ``_CHANGES``
times, so it ends where nothing does, too: a shape that goes on growing is an error. If an
assumption leads to an error, the next one is tried, as long as all of them together take no more
looks than ``_LOOKS``; if none is right, the errors of the first are told.
"""

from collections import ChainMap, Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import chain, islice

from snnc.graph.draft import Draft
from snnc.shapes import Shape, ShapeError, show

_CHANGES = 8
_LOOKS = 20_000
_ABOVE = 50
"""Values above, whose shapes are tried."""


def settled(
    cycle: Sequence[Draft], outside: dict[str, Shape]
) -> tuple[Mapping[str, Shape], Mapping[str, ShapeError]]:
    """All shapes that are known; and what never settles. ``outside`` enters the cycle."""
    walk = _Walk(cycle, outside)
    certain = walk.certain()
    chosen = first = next(walk.attempts(certain), certain)
    if not first.right:
        chosen = next((found for found in walk.attempts(certain) if found.right), first)
    return ChainMap(chosen.known, outside), chosen.endless


@dataclass
class _Found:
    """The shapes in a cycle so far, what is wrong, and how often each has changed.

    ``waiting`` are the places of operators that know some of their inputs only.
    """

    known: dict[str, Shape]
    errors: dict[str, ShapeError] = field(default_factory=dict)
    endless: dict[str, ShapeError] = field(default_factory=dict)
    changes: Counter[str] = field(default_factory=Counter)
    waiting: list[int] = field(default_factory=list)

    @property
    def right(self) -> bool:
        return not self.errors and not self.endless


class _Walk:
    """Goes around a cycle, from operators whose inputs are new to those that read them."""

    def __init__(self, cycle: Sequence[Draft], outside: dict[str, Shape]) -> None:
        self.cycle, self.outside = cycle, outside
        self.place = {entry.name: at for at, entry in enumerate(cycle)}
        self.readers: dict[str, list[int]] = {entry.name: [] for entry in cycle}
        for at, entry in enumerate(cycle):
            for name in dict.fromkeys(entry.needs):
                self.readers.get(name, []).append(at)
        self.edges = sum(map(len, self.readers.values()))

    def certain(self) -> _Found:
        """The consequences of the shapes that enter the cycle."""
        found = _Found({})
        self.spread(found, range(len(self.cycle)))
        return found

    def spread(self, found: _Found, places: Iterable[int]) -> None:
        """Computes these operators, then those that read what has changed, until nothing does."""
        ahead, known = deque(places), ChainMap(found.known, self.outside)
        while ahead and not found.endless:
            at = ahead.popleft()
            entry = self.cycle[at]
            found.errors.pop(entry.name, None)
            try:
                shape = entry.told(known)
            except ShapeError as error:
                found.errors[entry.name] = error
                continue
            if shape is None:
                heappush(found.waiting, at)
            elif shape != found.known.get(entry.name):
                self.change(found, entry.name, shape)
                ahead += self.readers[entry.name]

    def change(self, found: _Found, name: str, shape: Shape) -> None:
        found.known[name] = shape
        found.changes[name] += 1
        if found.changes[name] > _CHANGES:
            message = f"its shape depends on itself and never settles: {show(shape)} and growing"
            found.endless[name] = ShapeError(message, "from")

    def attempts(self, certain: _Found) -> Iterator[_Found]:
        """The consequences of each assumption about the first operator that waits, in turn."""
        doubtful = self.doubtful(certain)
        at = self.waiting(certain, doubtful)
        if at is None:
            return
        for shape in islice(self.fitting(at, certain.known), max(1, _LOOKS // self.edges)):
            yield self.attempt(certain, doubtful, at, shape)

    def attempt(
        self, certain: _Found, doubtful: frozenset[int], at: int | None, shape: Shape
    ) -> _Found:
        found = _Found(dict(certain.known), waiting=list(certain.waiting))
        while at is not None and not found.endless:
            needs = self.cycle[at].needs
            missing = [n for n in needs if n in self.place and n not in found.known]
            found.known |= dict.fromkeys(missing, shape)
            self.spread(found, [reader for name in missing for reader in self.readers[name]])
            at = self.waiting(found, doubtful)
            shape = next(self.fitting(at, found.known)) if at is not None else shape
        return found

    def doubtful(self, certain: _Found) -> frozenset[int]:
        """The operators that something wrong goes into, or what was left out already."""
        ahead = [self.place[name] for name in certain.errors]
        ahead += [
            at for at, entry in enumerate(self.cycle) if not all(map(self.there, entry.needs))
        ]
        found: set[int] = set()
        while ahead:
            at = ahead.pop()
            name = self.cycle[at].name
            if at not in found and name not in certain.known:
                found.add(at)
                ahead += self.readers[name]
        return frozenset(found)

    def there(self, name: str) -> bool:
        """Whether a value is in the cycle or known outside of it."""
        return name in self.place or name in self.outside

    def waiting(self, found: _Found, doubtful: frozenset[int]) -> int | None:
        """The first operator without a shape that knows some of its inputs; else the first."""
        lone = None
        while found.waiting:
            at = heappop(found.waiting)
            entry = self.cycle[at]
            if at in doubtful or entry.name in found.known or entry.name in found.errors:
                continue
            if any(name in found.known or name in self.outside for name in entry.needs):
                return at
            lone = at if lone is None else lone
        return lone

    def fitting(self, at: int, known: dict[str, Shape]) -> Iterator[Shape]:
        """The shapes to assume of what an operator reads and does not know."""
        entry, there = self.cycle[at], ChainMap(known, self.outside)
        above = islice(chain(reversed(known.values()), reversed(self.outside.values())), _ABOVE)
        own = [there[name] for name in entry.needs if name in there]
        shapes = dict.fromkeys([*own, *above, (1,), (1, 1), (1, 1, 1), (1, 1, 1, 1)])
        unknown = [name for name in entry.needs if name not in there]
        fit = [s for s in shapes if _fits(entry, there.new_child(dict.fromkeys(unknown, s)))]
        yield from fit or [*shapes][:1]


def _fits(entry: Draft, known: Mapping[str, Shape]) -> bool:
    try:
        entry.shape(known)
    except ShapeError:
        return False
    return True
