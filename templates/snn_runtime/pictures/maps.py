"""Feature maps: the spikes of a layer with channels, summed over time."""

import math

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from .recording import Activity
from .style import MAP, Array
from .tiles import columns_of, tiled


def feature_maps(done: Activity) -> Figure:
    """Spikes [T, C, ...] summed up to the first and the last step, a grid of maps each."""
    steps = sorted({1, len(done.output)})
    grids = [mosaic(abs(done.spikes[:step]).sum(0)) for step in steps]
    height, width = grids[0].shape
    signals = len(done.shape) == 2
    if signals:  # their rows are as high as there is room
        height = int(np.clip(height, width / 3, 2 * width))
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
        how = {"interpolation": "nearest", "aspect": "auto" if signals else "equal"}
        shown = axes.imshow(grid, cmap=colours, vmin=0, vmax=1, **how)
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
    """Maps [C, H, W], each scaled to its maximum, as one grid with gaps between.

    Of volumes, [C, ..., H, W], the slices of a map lie side by side; of signals, [C, L],
    the maps are rows, without gaps.
    """
    count, inner = len(maps), tuple(range(1, maps.ndim))
    scaled: Array = maps / np.maximum(maps.max(inner, keepdims=True), 1e-9)
    if maps.ndim == 2:
        return scaled
    slices = math.prod(maps.shape[1:-2])
    columns = columns_of(count)
    if slices > 1:  # about as wide as it is high
        columns = max(1, round(math.sqrt(count / slices)))
    return tiled(scaled.reshape(-1, *maps.shape[-2:]), columns * slices)
