"""One mutated spec for each number, always the same."""

import random
import tomllib
from functools import cache
from typing import Any

from tests.fuzz.strange import characters, trees
from tests.fuzz.strange.corpus import corpus
from tests.fuzz.strange.writing import written

LARGEST = 300_000
"""Bytes of a mutated spec; copies of copies may be more."""


def spec(number: int) -> bytes:
    """The mutated spec of that number."""
    draw = random.Random(number)
    one, other = draw.choice(corpus()), draw.choice(corpus())
    if draw.random() < 0.35:
        found = characters.mutated(draw, one.encode(), other.encode())
    else:
        try:
            tree = trees.mutated(draw, parsed(one), parsed(other))
            found = written(tree).encode("utf-8", "surrogatepass")
        except (RecursionError, MemoryError):  # copies of copies; deep specs stand in the corpus
            found = one.encode()
        if draw.random() < 0.1:
            found = characters.mutated(draw, found, other.encode())
    return found[:LARGEST]


@cache
def parsed(text: str) -> dict[str, Any]:
    """The tree of a spec; nothing if its text is no TOML, as in examples of findings."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return tomllib.loads(corpus()[0])
