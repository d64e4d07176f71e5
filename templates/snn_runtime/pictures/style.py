"""Colours, sizes and files: what all pictures have in common."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

# Okabe and Ito's colours can be told apart by colour-blind eyes, and so can viridis.
BLUE, ORANGE, GREEN, PURPLE = "#0072b2", "#d55e00", "#009e73", "#cc79a7"
SKY, AMBER, BLACK = "#56b4e9", "#e69f00", "#000000"
COLOURS = (BLUE, ORANGE, GREEN, PURPLE, AMBER, SKY, BLACK)
PALE, GREY = "#f0f0f0", "#888888"
MAP = "viridis"

DPI = 120


class PictureError(Exception):
    """A picture cannot be drawn; the message says why."""


def save(figure: Figure, path: Path) -> Path:
    """Writes a figure in the format that the path's suffix names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=DPI)
    return path


def whole_steps(axes: Axes, steps: int) -> None:
    """A time axis from 1 to ``steps`` with whole numbers on it."""
    axes.set_xlabel("time step")
    axes.set_xlim(0.5, steps + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def plain(axes: Axes) -> None:
    """Nothing around a plot that says nothing."""
    axes.spines[["top", "right"]].set_visible(False)
