"""Feature maps: the spikes of a layer with channels, summed over time."""

import math

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from .recording import Activity
from .style import MAP, Array


def feature_maps(done: Activity) -> Figure:
    """Spikes [T, C, H, W] summed up to the first and the last step, a grid of maps each."""
    steps = sorted({1, len(done.output)})
    grids = [mosaic(abs(done.spikes[:step]).sum(0)) for step in steps]
    height, width = grids[0].shape
    wide = 2 * height < width  # then one above the other
    rows, columns = (len(steps), 1) if wide else (1, len(steps))
    each = 10.0 if wide else 5.5
    size = (each * columns + 0.8, (each * height / width + 0.4) * rows)
    # grids further apart than their maps are
    apart = ConstrainedLayoutEngine(w_pad=0.15, h_pad=0.1)
    figure = Figure(figsize=size, layout=apart)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    colours = colormaps[MAP].with_extremes(bad="white")
    for axes, grid, step in zip(panels, grids, steps, strict=True):
        shown = axes.imshow(grid, cmap=colours, vmin=0, vmax=1, interpolation="nearest")
        axes.set_title(title(done, step))
        axes.set_axis_off()
    bar = figure.colorbar(shown, ax=panels.tolist(), fraction=0.03, pad=0.02)
    bar.set_label("spikes / most in this map")
    return figure


def title(done: Activity, step: int) -> str:
    """``if1: spikes of its 128 maps up to step 4 of 4``."""
    maps, steps = done.shape[0], len(done.output)
    return f"{done.layer.name}: spikes in {maps} maps up to step {step} of {steps}"


def mosaic(maps: Array) -> Array:
    """Maps [C, H, W], each scaled to its maximum, as one grid with gaps between."""
    count, height, width = maps.shape
    columns = columns_of(count)
    rows = math.ceil(count / columns)
    grid = np.full((rows * (height + 1), columns * (width + 1)), np.nan)
    for index, one in enumerate(maps):
        y, x = index // columns * (height + 1), index % columns * (width + 1)
        grid[y : y + height, x : x + width] = one / max(float(one.max()), 1e-9)
    return grid[:-1, :-1]


def columns_of(count: int) -> int:
    """How many columns make a grid that is full, if one is, and not too wide."""
    root = math.ceil(math.sqrt(count))
    full = (columns for columns in range(root, 2 * root) if count % columns == 0)
    return next(full, root)
