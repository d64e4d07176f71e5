"""Python values as source text."""

from math import inf

from snnc.escape import string
from snnc.layer import Call


def source(value: object) -> str:
    """A literal; a large integer (a key of random numbers) in hexadecimal."""
    if isinstance(value, str):
        return string(value)
    if isinstance(value, int) and value >= 2**32:
        return f"0x{value:016X}"
    if isinstance(value, tuple):
        inner = ", ".join(source(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if value == inf:
        return 'float("inf")'
    return repr(value)


def arguments(made: Call) -> list[str]:
    """The text between the brackets of a call."""
    keywords = (f"{key}={source(value)}" for key, value in made.keywords.items())
    return [*map(source, made.args), *keywords]
