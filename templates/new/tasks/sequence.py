"""Data to begin with: spikes of four cues among noise; the label is the last cue.

Replace ``load``: it returns x_train, y_train, x_test and y_test, where x is [N, T, channels]
and y is [N, T], the class at every step.
"""

from pathlib import Path

import numpy as np

CUES, CHANNELS = 4, 6


def load(data_dir: Path, time_steps: int) -> tuple[np.ndarray, ...]:
    """The samples; ``data_dir`` is where files would be."""
    source = np.random.default_rng(0)
    return (*drawn(source, 512, time_steps), *drawn(source, 128, time_steps))


def drawn(
    source: np.random.Generator, count: int, time_steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """A cue at the first step and, at one step in six, another one."""
    cue = source.integers(0, CUES, (count, time_steps))
    comes = source.random((count, time_steps)) < 1 / 6
    comes[:, 0] = True
    last = np.maximum.accumulate(np.where(comes, np.arange(time_steps), 0), axis=1)
    x = (source.random((count, time_steps, CHANNELS)) < 0.05).astype("float32")
    x[..., :CUES] = 0.0
    n, t = np.nonzero(comes)
    x[n, t, cue[n, t]] = 1.0
    return x, np.take_along_axis(cue, last, axis=1)
