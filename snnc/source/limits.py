"""The size and depth of a text that is read, and how often it is read again."""

import re

from snnc.source.diagnostic import Diagnostic, Place, Span
from snnc.source.spans import STRING

MAX_DEPTH = 64
MAX_VALUES = 50_000
"""In a file; the largest network that snnc takes needs fewer, and each has its place to keep."""
MOST_ERRORS = 20
"""That are looked for in one file."""
MOST_READ = 1_000_000
"""Characters that are read again after an error, all in all."""

PUNCTUATION = re.compile(rf"{STRING.pattern}|#[^\n]*|[][{{}}.=,\n]")
_LEVELS = {"[": 1, "{": 1, "]": -1, "}": -1}
_ENDS_OF_KEY = ("=", ",", "\n")


def too_deep(path: str, text: str, span: Span) -> Diagnostic:
    message = f"tables and arrays are nested more than {MAX_DEPTH} levels deep here"
    return _diagnostic(Place(path, text, span), message)


def too_many(path: str, text: str) -> Diagnostic | None:
    """The finding that there are more values than a file may have."""
    if text.count(",") + text.count("=") <= MAX_VALUES:
        return None
    count = 0
    for token in PUNCTUATION.finditer(text):
        count += token[0] in ("=", ",")
        if count > MAX_VALUES:
            message = f"the file has more than {MAX_VALUES:,} values"
            return _diagnostic(Place(path, text, Span(*token.span())), message)
    return None


def too_deep_at(text: str) -> int | None:
    """The place where brackets and dotted keys first nest deeper than MAX_DEPTH."""
    depth = dots = 0
    for token in PUNCTUATION.finditer(text):
        depth += _LEVELS.get(token[0], 0)
        dots += token[0] == "."
        if token[0] in _ENDS_OF_KEY:
            dots = 0
        if depth + dots > MAX_DEPTH:
            return token.start()
    return None


def at_end(error: ValueError) -> bool:
    """Whether the parser missed something after the last character."""
    return str(error).endswith("(at end of document)")


def _diagnostic(place: Place, message: str) -> Diagnostic:
    return Diagnostic("SNN001", "invalid-toml", message, place)
