"""Shapes of one sample, through delayed edges that lead down the list to a fixed point."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from snnc.blocks.uses import InferredSize
from snnc.graph.assumed import assumed
from snnc.layer import Operator
from snnc.opaque import Opaque
from snnc.shapes import Shape, ShapeError, show
from snnc.sizes import affordable
from snnc.source.tree import Path

UNREAD = ""
"""In place of the name of a source that is not known."""

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
    assumed: set[str] = field(default_factory=set)


def infer(entries: Sequence[Draft], doubtful: Collection[str] = ()) -> Shapes:
    """The shapes of all entries, and errors; ``doubtful`` ones have no shape.

    Behind an error, shapes are assumed as far as layers state them, for the sake of further errors.
    """
    found, guesses = _settled([entry for entry in entries if entry.name not in doubtful])
    if len(found.output) == len(entries) or guesses:
        return found
    further = _walk(entries, {}, {}, doubtful)
    wrong = {n: e for n, e in further.errors.items() if n not in found.output}
    new = {name: shape for name, shape in further.output.items() if name not in found.output}
    return replace(
        found, errors={**wrong, **found.errors}, output={**found.output, **new}, assumed={*new}
    )


def _settled(entries: Sequence[Draft]) -> tuple[Shapes, dict[str, Shape]]:
    """The shapes, and those that delayed edges were guessed to have.

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
            return found, guesses
        guesses = {n: shape for n, shape in (guesses | wrong).items() if n not in stale}
        anew |= {*stale} if not wrong else set()
    for name, shape in wrong.items():
        message = f"its shape depends on itself and never settles: {show(shape)} and growing"
        found.errors.setdefault(name, ShapeError(message, "from"))
    return found, guesses


def _walk(
    entries: Sequence[Draft],
    position: Mapping[str, int],
    guesses: dict[str, Shape],
    doubtful: Collection[str] | None = None,
) -> Shapes:
    """One walk down the list; if ``doubtful`` is given, assumptions stand for what is unknown."""
    found = Shapes()
    for at, entry in enumerate(entries):
        if entry.name in (doubtful or ()):
            continue
        later = [s for s in entry.sources if position.get(s, -1) >= at]
        known = {s: found.output[s] for s in entry.sources if s in found.output}
        if not all(source in known or source in later for source in entry.sources):
            if doubtful is not None:  # what it reads is in doubt already
                _assume(found, entry, ())
            continue
        if any(name not in guesses for name in later):
            guesses |= _guess(entry, known, [n for n in later if n not in guesses], found)
        shapes = tuple({**guesses, **known}[s] for s in entry.sources)
        if isinstance(entry.operator, Opaque):
            if doubtful is not None:
                _assume(found, entry, shapes)
            continue
        _add(found, entry, (entry.data,) if entry.data else shapes)
        if doubtful is not None and entry.name in found.errors:
            _assume(found, entry, shapes)
    return found


def _assume(found: Shapes, entry: Draft, shapes: tuple[Shape, ...]) -> None:
    shape = assumed(entry.operator, shapes, found.errors.get(entry.name))
    if shape is not None:
        found.output[entry.name] = shape


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
        known_all = all(source in guess for source in entry.sources)
        if known_all and fits(entry.operator, *(guess[source] for source in entry.sources)):
            return dict.fromkeys(unknown, shape)
    return dict.fromkeys(unknown, next(_candidates(known, found)))


def _candidates(known: Mapping[str, Shape], found: Shapes) -> Iterator[Shape]:
    recent = list(found.output.values())[-_GUESSES:]
    yield from dict.fromkeys([*known.values(), *reversed(recent), (1,), (1, 1), (1, 1, 1)])


def fits(operator: Operator, *shapes: Shape) -> bool:
    """Whether an operator takes inputs of these shapes."""
    try:
        operator.shape(*shapes)
    except ShapeError:
        return False
    return True
