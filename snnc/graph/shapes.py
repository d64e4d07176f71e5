"""Shapes of one sample, through delayed edges that lead down the list to a fixed point."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from snnc.blocks.uses import InferredSize
from snnc.layer import Operator
from snnc.shapes import Shape, ShapeError, show
from snnc.sizes import affordable
from snnc.source.tree import Path

_ROUNDS = 8
_GUESSES = 50


@dataclass(frozen=True)
class Draft:
    """An operator to be placed: its name, what it reads, where it is stated.

    ``data`` is the shape of the data that an encoder reads; ``size`` a size of the operator that
    is that of another value.
    """

    name: str
    operator: Operator
    sources: tuple[str, ...]
    at: Path
    data: Shape | None = None
    size: InferredSize | None = None

    def sized(self, known: Mapping[str, Shape]) -> Operator:
        """The operator, its inferred size put in."""
        if self.size is None or self.size.source.partition("@")[0] not in known:
            return self.operator
        shape = known[self.size.source.partition("@")[0]]
        return self.operator.model_copy(update={self.size.key: shape[0]})


@dataclass
class Shapes:
    """The shapes after one walk down the list; an unavailable node is left out."""

    operators: dict[str, Operator] = field(default_factory=dict)
    inputs: dict[str, tuple[Shape, ...]] = field(default_factory=dict)
    output: dict[str, Shape] = field(default_factory=dict)
    errors: dict[str, ShapeError] = field(default_factory=dict)


def infer(entries: Sequence[Draft]) -> Shapes:
    """The shapes of all entries.

    A value that is read before it is computed starts as a guess, and what its own operator makes
    of it is the next one.
    """
    position = {entry.name: at for at, entry in enumerate(entries)}
    guesses: dict[str, Shape] = {}
    anew: set[str] = set()
    for _ in range(_ROUNDS):
        found = _walk(entries, position, guesses)
        wrong = {
            n: found.output[n] for n in guesses if found.output.get(n, guesses[n]) != guesses[n]
        }
        # guessed from shapes that were guesses themselves: what has none now is guessed anew
        stale = [n for n in guesses if n not in found.output and n not in anew]
        if not wrong and not stale:
            return found
        guesses = {n: shape for n, shape in (guesses | wrong).items() if n not in stale}
        anew |= {*stale} if not wrong else set()
    for name, shape in wrong.items():
        message = f"its shape depends on itself and never settles: {show(shape)} and growing"
        found.errors.setdefault(name, ShapeError(message, "from"))
    return found


def _walk(
    entries: Sequence[Draft], position: Mapping[str, int], guesses: dict[str, Shape]
) -> Shapes:
    found = Shapes()
    for at, entry in enumerate(entries):
        later = [s for s in entry.sources if position.get(s, -1) >= at]
        known = {s: found.output[s] for s in entry.sources if s in found.output}
        if not all(source in known or source in later for source in entry.sources):
            continue  # what it reads is in doubt already
        if any(name not in guesses for name in later):
            guesses |= _guess(entry, known, [n for n in later if n not in guesses], found)
        shapes = tuple({**guesses, **known}[s] for s in entry.sources)
        _add(found, entry, (entry.data,) if entry.data else shapes)
    return found


def _add(found: Shapes, entry: Draft, shapes: tuple[Shape, ...]) -> None:
    found.inputs[entry.name] = shapes
    operator = found.operators[entry.name] = entry.sized(found.output)
    try:
        output = operator.shape(*shapes)
        affordable(operator, output, *shapes)
        found.output[entry.name] = output
    except ShapeError as error:
        found.errors[entry.name] = error


def _guess(
    entry: Draft, known: Mapping[str, Shape], unknown: Iterable[str], found: Shapes
) -> dict[str, Shape]:
    """A shape that fits for what comes later: most often that of its neighbours."""
    unknown = tuple(unknown)
    for shape in _candidates(known, found):
        guess = {**known, **dict.fromkeys(unknown, shape)}
        if all(source in guess for source in entry.sources) and _fits(entry, guess):
            return dict.fromkeys(unknown, shape)
    return dict.fromkeys(unknown, next(_candidates(known, found)))


def _candidates(known: Mapping[str, Shape], found: Shapes) -> Iterator[Shape]:
    recent = list(found.output.values())[-_GUESSES:]
    yield from dict.fromkeys([*known.values(), *reversed(recent), (1,), (1, 1), (1, 1, 1)])


def _fits(entry: Draft, shapes: Mapping[str, Shape]) -> bool:
    try:
        entry.operator.shape(*(shapes[source] for source in entry.sources))
    except ShapeError:
        return False
    return True
