"""Firing rates of all layers."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from .recording import Activity
from .style import BLUE, PALE, Array

# Upper ends of the classes of rates, in spikes per time step.
RATES = (0.0, 0.25, 0.5, 0.75, np.inf)
CLASSES = ("silent", "up to 0.25", "up to 0.5", "up to 0.75", "above 0.75")
SHADES = (PALE, "#c8dceb", "#85b4d6", BLUE, "#00304c")


def rates_of_layers(layers: Sequence[Activity]) -> Figure:
    """How many neurons of each layer fire how often."""
    figure = Figure(figsize=(9, 1.7 + 0.5 * len(layers)), layout="constrained")
    axes = figure.subplots()
    shares = np.array([shares_of(done.rates) for done in layers])
    left = np.zeros(len(layers))
    for share, name, shade in zip(shares.T, CLASSES, SHADES, strict=True):
        axes.barh(range(len(layers)), share, left=left, color=shade, label=name)
        left += share
    names = [f"{done.layer.name} ({done.rates.size:,})" for done in layers]
    axes.set_yticks(range(len(layers)), names)
    axes.set(xlabel="share of the neurons (%)", ylabel="layer (neurons)", xlim=(0, 100))
    axes.invert_yaxis()
    means = axes.secondary_yaxis("right")
    means.set_yticks(
        range(len(layers)), [f"{done.rates.mean():.3f}" for done in layers]
    )
    means.set_ylabel("mean rate")
    axes.set_title("Firing rates for one sample, in spikes per time step")
    figure.legend(loc="outside lower center", ncols=len(CLASSES), frameon=False)
    return figure


def shares_of(rates: Array) -> Array:
    """The percentage of neurons in each class of rates."""
    classes = np.searchsorted(RATES, rates)
    shares: Array = 100 * np.bincount(classes, minlength=len(RATES)) / rates.size
    return shares
