"""StraightThrough."""

from typing import ClassVar, Literal

from snnc.surrogate import Surrogate


class StraightThrough(Surrogate):
    """1 everywhere: the gradient passes as if there were no threshold (Bengio et al., 2013)."""

    gradient: ClassVar[str] = "1"

    kind: Literal["StraightThrough"] = "StraightThrough"
