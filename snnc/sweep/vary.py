"""The values that a sweep varies, ``--vary KEY=VALUES``, and those of each trial."""

import itertools
import math
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER}):({_NUMBER})(?::(\w+))?")
_WHOLE = re.compile(r"[+-]?\d+")
FORMS = "KEY=V1,V2,… or KEY=LOW:HIGH or KEY=LOW:HIGH:log"

Value = str | int | float


class BadVary(Exception):
    """A ``--vary`` that says nothing to vary; the message is a sentence."""


@dataclass(frozen=True)
class Choices:
    """A key of the spec with some values, as ``--set`` takes them."""

    key: str
    values: tuple[str, ...]

    def drawn(self, source: random.Random) -> Value:
        """One of the values."""
        return source.choice(self.values)

    @property
    def ends(self) -> tuple[str, ...]:
        """Values that tell whether all of them can be right."""
        return self.values


@dataclass(frozen=True)
class Range:
    """A key of the spec with all numbers from ``low`` to ``high``; ``log``: even in magnitude."""

    key: str
    low: float
    high: float
    log: bool = False
    whole: bool = False

    def drawn(self, source: random.Random) -> Value:
        """A number of the range."""
        if self.whole and not self.log:
            return source.randint(int(self.low), int(self.high))
        low, high = map(math.log, (self.low, self.high)) if self.log else (self.low, self.high)
        found = source.uniform(low, high)
        found = min(max(math.exp(found) if self.log else found, self.low), self.high)
        return round(found) if self.whole else found

    @property
    def ends(self) -> tuple[str, ...]:
        """Values that tell whether all of them can be right."""
        return tuple(str(int(end) if self.whole else end) for end in (self.low, self.high))


Varied = Choices | Range


def parsed(texts: Sequence[str]) -> tuple[Varied, ...]:
    """The options, read. Raises BadVary."""
    found = tuple(map(_parsed, texts))
    keys = [varied.key for varied in found]
    for key in keys:
        if keys.count(key) > 1:
            raise BadVary(f"--vary {key} is given {keys.count(key)} times")
    return found


def _parsed(text: str) -> Varied:
    key, equals, values = text.partition("=")
    if not (key.strip() and equals and values.strip()):
        raise BadVary(f"--vary {text}: expected {FORMS}")
    if found := _RANGE.fullmatch(values.strip()):
        return _range(text, key.strip(), *found.groups())
    return Choices(key.strip(), _values(text, values))


def _range(text: str, key: str, low: str, high: str, how: str | None) -> Range:
    if how not in (None, "log"):
        raise BadVary(f"--vary {text}: expected {FORMS}, not `{how}`")
    first, last = float(low), float(high)
    if not first < last:
        raise BadVary(f"--vary {text}: {low} is not less than {high}")
    if how and first <= 0:
        raise BadVary(f"--vary {text}: a range with `log` begins above 0, not at {low}")
    whole = bool(_WHOLE.fullmatch(low) and _WHOLE.fullmatch(high))
    return Range(key, first, last, how == "log", whole)


def _values(text: str, values: str) -> tuple[str, ...]:
    """The parts between commas, but for those in brackets or quotes."""
    parts = re.findall(r"""(?:"[^"]*"|\[[^\]]*\]|\{[^}]*\}|[^,])+""", values)
    found = tuple(part.strip() for part in parts)
    if len({*found}) < len(found) or not all(found):
        raise BadVary(f"--vary {text}: a value is empty or there twice")
    return found


def grid(varied: Sequence[Varied]) -> int | None:
    """The number of combinations; None if a range has no end of them."""
    counts = [len(one.values) if isinstance(one, Choices) else None for one in varied]
    return math.prod(n for n in counts if n) if None not in counts else None


def planned(varied: Sequence[Varied], number: int, seed: int, whole: bool) -> dict[str, Value]:
    """The values of trial ``number``, the same whoever asks and in whatever order.

    ``whole``: the trials are all combinations, one after the other.
    """
    if whole:
        choices = [one.values for one in varied if isinstance(one, Choices)]
        values = next(itertools.islice(itertools.product(*choices), number, None))
        return dict(zip((one.key for one in varied), values, strict=True))
    source = random.Random(f"{seed} {number}")
    return {one.key: one.drawn(source) for one in varied}
