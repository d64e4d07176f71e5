"""Pooling over windows side by side: what can be computed in one kernel with the neuron before."""

from dataclasses import dataclass
from typing import Literal

LARGEST = 9
"""The most elements of a window for which a kernel holds the states of all at once."""


@dataclass(frozen=True)
class Window:
    """Windows of an image that neither overlap nor leave gaps, and what is made of each.

    What is left at the lower and the right edge belongs to no window.
    """

    how: Literal["max", "avg"]
    height: int
    width: int

    @property
    def text(self) -> str:
        """``max_2x2``: part of the names of kernels."""
        return f"{self.how}_{self.height}x{self.width}"

    @property
    def size(self) -> int:
        """The number of elements of the window."""
        return self.height * self.width


def alike(corner: tuple[int, ...], *inputs: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """The corners that are needed by what computes each element from those in its place."""
    return tuple((shape[0], *corner[1:]) for shape in inputs)
