"""Data to begin with: a spot in a noisy image; the labels are its row and its column.

Replace ``load``: it returns x_train, y_train, x_test and y_test, where x is [N, 1, H, W]
and y is [N, 2], the numbers of each sample.
"""

from pathlib import Path

import numpy as np

SIZE = 16


def load(data_dir: Path) -> tuple[np.ndarray, ...]:
    """The samples; ``data_dir`` is where files would be."""
    source = np.random.default_rng(0)
    return (*drawn(source, 512), *drawn(source, 128))


def drawn(source: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Spots; their places are numbers from 0 to 1."""
    y = source.random((count, 2)).astype("float32")
    places = np.arange(SIZE, dtype="float32")
    row, column = (places - at[:, None] * (SIZE - 1) for at in y.T)
    far = row[:, :, None] ** 2 + column[:, None, :] ** 2
    noise = source.random((count, SIZE, SIZE), dtype="float32")
    x = np.exp(-far / 4) + 0.1 * noise
    return x[:, None].astype("float32"), y
