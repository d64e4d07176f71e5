"""Many small pictures as one grid."""

import math

import numpy as np

from .style import Array


def tiled(maps: Array, columns: int) -> Array:
    """Maps [N, H, W] in so many columns, with gaps between, which are NaN."""
    count, height, width = maps.shape
    rows = math.ceil(count / columns)
    grid = np.full((rows * (height + 1), columns * (width + 1)), np.nan)
    for index, one in enumerate(maps):
        y, x = index // columns * (height + 1), index % columns * (width + 1)
        grid[y : y + height, x : x + width] = one
    return grid[:-1, :-1]


def columns_of(count: int) -> int:
    """How many columns make a grid that is full, if one is, and not too wide."""
    root = math.ceil(math.sqrt(count))
    full = (columns for columns in range(root, 2 * root) if count % columns == 0)
    return next(full, root)
