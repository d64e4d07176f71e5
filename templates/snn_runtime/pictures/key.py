"""The key of a plot of several runs: it fits below the plot, however many there are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.textpath import TextPath

SIZE = 10  # of the letters, in points
BESIDE = 5 * SIZE  # the line beside a label, and the gap to the next column
LINE = 1.6 * SIZE  # from one line to the next


@dataclass(frozen=True)
class Key:
    """How many columns fit, the labels as they fit, and the height of all in inches."""

    columns: int
    labels: list[str]
    height: float


def fitted(labels: Sequence[str], others: int, width: float) -> Key:
    """The key of these labels and as many short ones, below a figure so many inches wide.

    A label that is wider than the figure goes on in the next line.
    """
    room = 72 * width - 3 * SIZE  # in points
    found = [broken(label, room - BESIDE) for label in labels]
    widest = max(wide(line) for label in found for line in label.split("\n"))
    entries = len(labels) + others
    columns = min(max(int(room // (widest + BESIDE)), 1), entries)
    lines = 1 + max(label.count("\n") for label in found)
    height = (math.ceil(entries / columns) * lines * LINE + SIZE) / 72
    return Key(columns, found, height)


def wide(text: str) -> float:
    """The width of a line, in points."""
    path = TextPath((0, 0), text or " ", size=SIZE)
    return float(path.get_extents().width)


def broken(label: str, room: float) -> str:
    """A label on as few lines of equal length as are no wider than so many points."""
    for lines in range(1, len(label) + 1):
        size = math.ceil(len(label) / lines)
        found = [label[at : at + size] for at in range(0, len(label), size)]
        if all(wide(line) <= room for line in found):
            return "\n".join(found)
    return label
