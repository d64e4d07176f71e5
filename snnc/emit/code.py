"""Printed code with the names that it refers to, so that imports need not be read out of text."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """Lines of code, and the names in them that somebody has to define or import.

    Such names are functions and classes of the runtime and of kernels.py, modules (``torch``), and
    what a generated function works out first (``seed``).
    """

    lines: tuple[str, ...]
    uses: frozenset[str]

    def __init__(self, lines: Iterable[str] = (), uses: Iterable[str] = ()) -> None:
        object.__setattr__(self, "lines", tuple(lines))
        object.__setattr__(self, "uses", frozenset(uses))

    @staticmethod
    def of(*parts: "Code") -> "Code":
        """Parts one behind the other."""
        lines = (line for part in parts for line in part.lines)
        return Code(lines, frozenset().union(*(part.uses for part in parts)))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)
