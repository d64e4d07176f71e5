"""Mutations of a spec's bytes: what editors, transfers and people do to text, and worse."""

import random
import re
from collections.abc import Callable

from tests.fuzz.strange.tokens import EXTREMES, TOKENS

_NUMBER = re.compile(rb"-?\b\d[\d_.e+-]*\b")
_NAME = re.compile(rb"[A-Za-z_]\w*")
Mutate = Callable[[random.Random, bytes, bytes], bytes]


def flipped(draw: random.Random, text: bytes, other: bytes) -> bytes:
    at = draw.randrange(len(text) + 1)
    return text[:at] + bytes([draw.randrange(256)]) + text[at + 1 :]


def cut(draw: random.Random, text: bytes, other: bytes) -> bytes:
    first, last = _span(draw, text)
    return text[:first] + text[last:]


def cut_off(draw: random.Random, text: bytes, other: bytes) -> bytes:
    return text[: draw.randrange(len(text) + 1)]


def repeated(draw: random.Random, text: bytes, other: bytes) -> bytes:
    first, last = _span(draw, text)
    return text[:last] + text[first:last] * draw.choice([1, 1, 1, 2, 20]) + text[last:]


def inserted(draw: random.Random, text: bytes, other: bytes) -> bytes:
    at = draw.randrange(len(text) + 1)
    return text[:at] + draw.choice(TOKENS) + text[at:]


def spliced(draw: random.Random, text: bytes, other: bytes) -> bytes:
    first, last = _span(draw, other)
    at = draw.randrange(len(text) + 1)
    return text[:at] + other[first:last] + text[at:]


def line_moved(draw: random.Random, text: bytes, other: bytes) -> bytes:
    lines = text.split(b"\n")
    line = lines.pop(draw.randrange(len(lines)))
    lines.insert(draw.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def line_of_another(draw: random.Random, text: bytes, other: bytes) -> bytes:
    lines = text.split(b"\n")
    lines.insert(draw.randrange(len(lines) + 1), draw.choice(other.split(b"\n")))
    return b"\n".join(lines)


def number(draw: random.Random, text: bytes, other: bytes) -> bytes:
    return _one(draw, _NUMBER, text, draw.choice(EXTREMES))


def name(draw: random.Random, text: bytes, other: bytes) -> bytes:
    """A name becomes another one that stands in the text."""
    return _one(draw, _NAME, text, draw.choice(_NAME.findall(text) or [b"x"]))


def newlines(draw: random.Random, text: bytes, other: bytes) -> bytes:
    return text.replace(b"\n", draw.choice([b"\r\n", b"\r", b"\n\n", b" ", b"\n\0"]))


MUTATIONS: tuple[Mutate, ...] = (
    *(flipped, cut, cut_off, repeated, inserted, inserted, spliced, line_moved, line_of_another),
    *(number, number, name, name, newlines),
)


def mutated(draw: random.Random, text: bytes, other: bytes) -> bytes:
    """``text`` after one to four mutations, some with parts of another spec."""
    for _ in range(draw.choice([1, 1, 2, 3, 4])):
        text = draw.choice(MUTATIONS)(draw, text, other)
    return text


def _span(draw: random.Random, text: bytes) -> tuple[int, int]:
    """A part of the text, mostly a short one."""
    first = draw.randrange(len(text) + 1)
    return first, min(len(text), first + draw.choice([1, 2, 5, 20, 200]))


def _one(draw: random.Random, what: re.Pattern[bytes], text: bytes, new: bytes) -> bytes:
    found = [*what.finditer(text)]
    if not found:
        return text
    match = draw.choice(found)
    return text[: match.start()] + new + text[match.end() :]
