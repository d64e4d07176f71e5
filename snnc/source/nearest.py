"""Did you mean: the nearest of the words that would have been right, by spelling or by meaning."""

from collections.abc import Iterable
from difflib import SequenceMatcher

from snnc.source.synonyms import meant

_CUTOFF = 0.6
_PREFIX_BONUS = 0.3
_SHORTEST_PREFIX = 3
_LONGEST_WORD = 100


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that was probably meant; None if none is near. The first wins a tie."""
    if len(word) > _LONGEST_WORD:
        return None
    known = list(dict.fromkeys(candidates))
    same = [candidate for candidate in known if _fold(candidate) == _fold(word)]
    if same:
        return word if word in same else same[0]
    if called := meant(_fold(word), known):
        return called
    best = max(known, key=lambda candidate: _closeness(word, candidate), default=None)
    return best if best is not None and _closeness(word, best) >= _CUTOFF else None


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
    ratio = SequenceMatcher(None, _fold(word), _fold(candidate), autojunk=False).ratio()
    prefix = len(short) >= _SHORTEST_PREFIX and long.startswith(short)
    return ratio + _PREFIX_BONUS if prefix else ratio


def _fold(word: str) -> str:
    """Spelling without case and separators: batch_norm2d is BatchNorm2d."""
    return word.casefold().replace("_", "").replace("-", "")
