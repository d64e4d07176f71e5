"""One neuron over time: its states, its threshold and its spikes."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .recording import Activity
from .style import BLUE, GREY, ORANGE, PALE, Array, plain, whole_steps


def neuron_over_time(done: Activity, index: int) -> Figure:
    """Each state and the spikes of one neuron over time."""
    spikes = int(done.layer.fires)
    count = len(done.states) + spikes
    heights = [2.2] + [1.4] * (len(done.states) - 1) + [0.8] * spikes
    figure = Figure(figsize=(9, sum(heights) + 1), layout="constrained")
    grid = {"height_ratios": heights}
    panels = figure.subplots(count, 1, squeeze=False, sharex=True, gridspec_kw=grid)[
        :, 0
    ]
    first = done.layer.potential
    names = sorted(done.states, key=lambda state: state != first)
    for axes, state in zip(panels, names, strict=False):
        values = done.states[state]
        plot_trace(axes, values.reshape(len(values), -1)[:, index], state)
    if done.layer.threshold is not None:
        plot_threshold(panels[0], done.layer.threshold)
    if spikes:
        plot_train(panels[-1], done.trains[:, index])
    panels[0].set_title(f"{done.layer.name}, {place_of(done, index)}")
    whole_steps(panels[-1], len(done.output))
    return figure


def place_of(done: Activity, index: int) -> str:
    """``neuron 783 (channel 0, row 27, column 27)``."""
    count = len(done.shape)
    if count < 2:
        return f"neuron {index}"
    axes = ["channel", *["slice"] * (count - 3), "row", "column"]
    names = axes if count > 2 else ["channel", "position"]
    at = np.unravel_index(index, done.shape)
    place = ", ".join(f"{name} {i}" for name, i in zip(names, at, strict=True))
    return f"neuron {index} ({place})"


def plot_trace(axes: Axes, values: Array, state: str) -> None:
    """A state of one neuron after each step."""
    style = "o-" if len(values) <= 50 else "-"
    axes.plot(np.arange(1, len(values) + 1), values, style, color=BLUE, markersize=4)
    axes.set_ylabel(f"{state} after the step")
    axes.margins(y=0.12)
    axes.grid(color=PALE)
    plain(axes)


def plot_threshold(axes: Axes, threshold: float) -> None:
    """A dashed line at which the neuron fires."""
    axes.axhline(threshold, color=ORANGE, linestyle="--", linewidth=1.2)
    place = axes.get_yaxis_transform()
    text = axes.text(1.0, threshold, f"threshold {threshold:g}", color=ORANGE)
    text.set(ha="right", va="bottom", transform=place)
    low, high = axes.get_ylim()
    axes.set_ylim(low, max(high, threshold + 0.15 * (high - low)))  # room for the text


def plot_train(axes: Axes, spikes: Array) -> None:
    """A line for every spike of one neuron, as high as there are spikes in the step."""
    axes.axhline(0, color=GREY, linewidth=0.8)
    fired = np.flatnonzero(spikes)
    axes.vlines(fired + 1, 0, spikes[fired], color=BLUE, linewidth=1.8)
    low, high = min(0.0, float(spikes.min())), max(1.0, float(spikes.max()))
    axes.set_ylim(1.1 * low, 1.1 * high)
    axes.set_yticks(sorted({low, 0.0, high}))
    axes.set_ylabel("spikes s")
    plain(axes)
