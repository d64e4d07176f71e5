"""Data to begin with: an edge that moves in one of four directions, as events.

Replace ``load``: it returns x_train, y_train, x_test and y_test, where x is [N, T, 2, H, W]
and y is [N], the class of each sample.
"""

from pathlib import Path

import numpy as np

SIZE = 16


def load(data_dir: Path, time_steps: int) -> tuple[np.ndarray, ...]:
    """The samples; ``data_dir`` is where files would be."""
    source = np.random.default_rng(0)
    return (*drawn(source, 512, time_steps), *drawn(source, 128, time_steps))


def drawn(
    source: np.random.Generator, count: int, time_steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """An edge raises events of one polarity where it arrives, of the other where it was."""
    y = source.integers(0, 4, count)
    x = (source.random((count, time_steps, 2, SIZE, SIZE)) < 0.02).astype("float32")
    start = source.integers(0, SIZE, count)
    for n, (label, first) in enumerate(zip(y, start)):
        for t in range(time_steps):
            step = t if label % 2 else -t
            for polarity, at in enumerate((first + step, first + step - 1)):
                line = (
                    (slice(None), at % SIZE) if label < 2 else (at % SIZE, slice(None))
                )
                x[n, t, polarity][line] = 1.0
    return x, y
