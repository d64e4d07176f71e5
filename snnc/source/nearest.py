"""Did you mean: the nearest of the words that would have been right, by spelling or by meaning."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import SequenceMatcher
from itertools import islice
from typing import TypeVar

from snnc.source.words import called, exactly, fold, forms

_CUTOFF = 0.6
_PREFIX_BONUS = 0.3
_SHORTEST_PREFIX = 3
_LONGEST_WORD = 100
T = TypeVar("T")

LISTED = 8
"""Words that a message lists at most."""
MOST_COMPARED = 20_000
"""Candidates that the findings of one run are compared with; later ones have no guess."""
MOST_ADVISED = 500
"""Words of one run for which all tables are looked through; later ones have no advice."""
_left: ContextVar[list[int] | None] = ContextVar("left", default=None)
_words: ContextVar[list[int] | None] = ContextVar("words", default=None)


@contextmanager
def sparing() -> Iterator[None]:
    """All calls in here together compare MOST_COMPARED candidates and advise MOST_ADVISED words.

    Inside another such block, its limits hold.
    """
    if _left.get() is not None:
        yield
        return
    token, other = _left.set([MOST_COMPARED]), _words.set([MOST_ADVISED])
    try:
        yield
    finally:
        _left.reset(token)
        _words.reset(other)


def advisable() -> bool:
    """Whether there is time for advice on one more word."""
    left = _words.get()
    if left is None:
        return True
    left[0] -= 1
    return left[0] >= 0


def nearest(word: str, candidates: Iterable[str], *places: str) -> str | None:
    """The candidate that was probably meant; None if none is near. The first wins a tie.

    ``places`` are those at which words of other libraries are looked up.
    """
    if len(word) > _LONGEST_WORD:
        return None
    known = list(dict.fromkeys(affordable(candidates)))
    if found := same(word, known, *places):
        return found
    best = max(known, key=lambda candidate: _closeness(word, candidate), default=None)
    return best if best is not None and _closeness(word, best) >= _CUTOFF else None


def same(word: str, known: Collection[str], *places: str) -> str | None:
    """The known word that is this one, spelt otherwise or called so in another library."""
    if word in known:
        return word
    if found := exactly(word, known, places):
        return found
    spelt = {fold(candidate): candidate for candidate in reversed([*known])}
    written = forms(word) if places else (fold(word),)
    if found := next((spelt[form] for form in written if form in spelt), None):
        return found
    return called(word, known, places)


def closest(word: str, known: Sequence[str]) -> list[str]:
    """All of the known words, and those first that a message should list if it cannot list all."""
    compared = list(affordable(known)) if len(known) > LISTED else []
    if len(compared) < len(known):
        return [*known]
    by = sorted(known, key=lambda candidate: -_closeness(word, candidate))
    return [*sorted(by[:LISTED]), *by[LISTED:]]


def affordable(candidates: Iterable[T]) -> Iterable[T]:
    """As many candidates as there is time for."""
    left = _left.get()
    if left is None:
        return candidates
    found = list(islice(candidates, left[0]))
    left[0] -= len(found)
    return found


def one_of(candidates: Iterable[str], limit: int = LISTED) -> str:
    """A list for a message: "`a`, `b` or `c`", and "`a`, `b`, … (7 more)" for a long one."""
    words = [f"`{candidate}`" for candidate in candidates]
    if len(words) > limit:
        return f"{', '.join(words[:limit])}, … ({len(words) - limit} more)"
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _closeness(word: str, candidate: str) -> float:
    """The similarity from 0 to 1 by common letters; more if one begins with the other."""
    short, long = sorted((fold(word), fold(candidate)), key=len)
    prefix = len(short) >= _SHORTEST_PREFIX and long.startswith(short)
    if not prefix and 2 * len(short) < _CUTOFF * (len(short) + len(long)):
        return 0  # too long or too short for what is asked
    ratio = SequenceMatcher(None, fold(word), fold(candidate), autojunk=False).ratio()
    return ratio + _PREFIX_BONUS if prefix else ratio
