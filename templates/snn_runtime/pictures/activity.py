"""A layer of neurons over time: the input, spikes, potentials and rates."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from .recording import Activity
from .sample import Sample, plot_sample
from .style import BLUE, MAP, ORANGE, PALE, Array, Indices, plain, whole_steps

SPIKES = LinearSegmentedColormap.from_list("spikes", [ORANGE, PALE, BLUE])


def layer_over_time(
    done: Activity, sample: Sample, labels: Sequence[str], most: int
) -> Figure:
    """The input, spikes and potentials over time, and rates; at most ``most`` neurons."""
    rows = chosen(done.rates.size, most)
    names = labels if len(labels) == len(rows) == done.rates.size else ()
    panels = 2 if done.layer.fires else 1
    tall = float(np.clip(0.24 * len(rows), 2.2, 3.6))
    figure = Figure(figsize=(11, panels * (tall + 0.6) + 0.4), layout="constrained")
    figure.suptitle(f"{done.layer.name}: {count_of(done, rows)}", weight="bold")
    grid = figure.add_gridspec(panels, 3, width_ratios=[1.1, 2.4, 1])
    plot_sample(figure.add_subplot(grid[:, 0]), sample)
    if done.layer.fires:
        spikes, rates = (figure.add_subplot(grid[0, column]) for column in (1, 2))
        plot_spikes(spikes, done.trains[:, rows].T, rows, names)
        plot_rates(rates, done.rates[rows], names)
    potentials, key = (figure.add_subplot(grid[-1, column]) for column in (1, 2))
    state = done.layer.potential
    mesh = plot_state(potentials, done.potentials[:, rows].T, rows, names)
    name = "Potential" if state == "v" else "State"
    reset = " and its reset" if done.layer.fires else ""
    potentials.set_title(f"{name} {state} after each step{reset}")
    key.set_axis_off()
    bar = figure.colorbar(mesh, cax=key.inset_axes((0, 0.05, 0.08, 0.9)))
    bar.set_label(scale_of(done, state))
    return figure


def chosen(count: int, most: int) -> Indices:
    """Which neurons are shown: all, or ``most`` of them, drawn at random but always the same."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.RandomState(0).permutation(count)[:most])


def count_of(done: Activity, rows: Indices) -> str:
    """How many neurons, and how many of them are shown."""
    count, steps = done.rates.size, len(done.output)
    some = f"{len(rows):,} of " if len(rows) < count else ""
    at_random = ", chosen at random" if some else ""
    return f"{some}{count:,} neurons{at_random}, T = {steps}"


def scale_of(done: Activity, state: str) -> str:
    """The label of a scale of potentials."""
    threshold = done.layer.threshold
    return f"{state} (threshold {threshold:g})" if threshold is not None else state


def cells(axes: Axes, values: Array, rows: Indices, names: Sequence[str]) -> QuadMesh:
    """A coloured cell for every neuron and time step of values [neurons, T]."""
    count, steps = values.shape
    x, y = np.arange(steps + 1) + 0.5, np.arange(count + 1) - 0.5
    mesh = axes.pcolormesh(x, y, values, rasterized=True)
    gap = 12 / max(2 * count, steps)  # white between cells that are wide enough
    if gap > 0.2:
        mesh.set(edgecolor="white", linewidth=min(gap, 1.0))
    whole_steps(axes, steps)
    axes.invert_yaxis()
    axes.set_ylabel("" if names else "neuron")
    if names:
        axes.set_yticks(range(count), names)
        return mesh
    at = np.unique(np.linspace(0, count - 1, min(count, 6)).round().astype(int))
    axes.set_yticks(at, [f"{int(rows[i]):,}" for i in at])
    return mesh


def plot_spikes(axes: Axes, spikes: Array, rows: Indices, names: Sequence[str]) -> None:
    """A blue cell for every spike, an orange one for a negative spike."""
    most = max(1.0, float(abs(spikes).max()))
    mesh = cells(axes, spikes, rows, names)
    mesh.set(cmap=SPIKES, clim=(-most, most))
    several = f", up to {most:g} a step" if most > 1 else ""
    negative = " (negative: orange)" if spikes.min() < 0 else ""
    axes.set_title(f"Spikes{several}{negative}")


def plot_state(
    axes: Axes, values: Array, rows: Indices, names: Sequence[str]
) -> QuadMesh:
    """A heat-map of a state; a few outliers do not flatten the scale."""
    mesh = cells(axes, values, rows, names)
    low, high = np.quantile(values, [0.01, 0.99])
    mesh.set(cmap=MAP, clim=(low, high if high > low else low + 1))
    return mesh


def plot_rates(axes: Axes, rates: Array, names: Sequence[str]) -> None:
    """The firing rate of every neuron in the order of the raster; the highest stands out."""
    winner = int(rates.argmax())
    colours = [ORANGE if i == winner else BLUE for i in range(len(rates))]
    axes.barh(
        range(len(rates)), rates, color=colours, height=0.8 if len(rates) < 64 else 1
    )
    axes.set(title="Firing rate", xlabel="spikes per time step")
    axes.set_xlim(0, max(1.0, float(rates.max())))
    axes.set_ylim(len(rates) - 0.5, -0.5)
    axes.set_yticks([])
    if names and rates[winner]:
        axes.set_title(f"Fires most: {names[winner]}")
    plain(axes)
