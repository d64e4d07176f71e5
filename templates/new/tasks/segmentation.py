"""Data to begin with: a rectangle and a disc in a noisy image; labels say which is where.

Replace ``load``: it returns x_train, y_train, x_test and y_test, where x is [N, 1, H, W]
and y is [N, H, W], the class of every pixel.
"""

from pathlib import Path

import numpy as np

SIZE = 16


def load(data_dir: Path) -> tuple[np.ndarray, ...]:
    """The samples; ``data_dir`` is where files would be."""
    source = np.random.default_rng(0)
    return (*drawn(source, 384), *drawn(source, 96))


def drawn(source: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Background 0, rectangle 1, disc 2."""
    rows, columns = np.mgrid[:SIZE, :SIZE]
    y = np.zeros((count, SIZE, SIZE), dtype="int64")
    for image in y:
        top, left = source.integers(0, SIZE - 6, 2)
        height, width = source.integers(3, 7, 2)
        image[top : top + height, left : left + width] = 1
        row, column = source.integers(3, SIZE - 3, 2)
        radius = source.uniform(2, 4)
        image[(rows - row) ** 2 + (columns - column) ** 2 <= radius**2] = 2
    noise = source.normal(0, 0.1, y.shape)
    x = np.array([0.0, 0.6, 1.0])[y] + noise
    return x[:, None].astype("float32"), y
