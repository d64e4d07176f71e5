"""Did you mean: the nearest of the words that would have been right, by spelling or by meaning."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from difflib import SequenceMatcher
from itertools import islice

from snnc.source.synonyms import meant

_CUTOFF = 0.6
_PREFIX_BONUS = 0.3
_SHORTEST_PREFIX = 3
_LONGEST_WORD = 100
MOST_COMPARED = 20_000
"""Candidates that the findings of one run are compared with; later ones have no guess."""
_left: ContextVar[list[int] | None] = ContextVar("left", default=None)


@contextmanager
def sparing() -> Iterator[None]:
    """All calls of ``nearest`` in here together compare with MOST_COMPARED candidates."""
    token = _left.set([MOST_COMPARED])
    try:
        yield
    finally:
        _left.reset(token)


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant; None if none is near. The first wins a tie."""
    if len(word) > _LONGEST_WORD:
        return None
    known = list(dict.fromkeys(_affordable(candidates)))
    same = [candidate for candidate in known if _fold(candidate) == _fold(word)]
    if same:
        return word if word in same else same[0]
    if called := meant(_fold(word), known):
        return called
    best = max(known, key=lambda candidate: _closeness(word, candidate), default=None)
    return best if best is not None and _closeness(word, best) >= _CUTOFF else None


def _affordable(candidates: Iterable[str]) -> Iterable[str]:
    """As many candidates as there is time for."""
    left = _left.get()
    if left is None:
        return candidates
    found = list(islice(candidates, left[0]))
    left[0] -= len(found)
    return found


def one_of(candidates: Iterable[str], limit: int = 8) -> str:
    """A list for a message: "`a`, `b` or `c`", and "`a`, `b`, … (7 more)" for a long one."""
    words = [f"`{candidate}`" for candidate in candidates]
    if len(words) > limit:
        return f"{', '.join(words[:limit])}, … ({len(words) - limit} more)"
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _closeness(word: str, candidate: str) -> float:
    """The similarity from 0 to 1 by common letters; more if one begins with the other."""
    short, long = sorted((_fold(word), _fold(candidate)), key=len)
    prefix = len(short) >= _SHORTEST_PREFIX and long.startswith(short)
    if not prefix and 2 * len(short) < _CUTOFF * (len(short) + len(long)):
        return 0  # too long or too short for what is asked
    ratio = SequenceMatcher(None, _fold(word), _fold(candidate), autojunk=False).ratio()
    return ratio + _PREFIX_BONUS if prefix else ratio


def _fold(word: str) -> str:
    """Spelling without case and separators: batch_norm2d is BatchNorm2d."""
    return word.casefold().replace("_", "").replace("-", "")
