"""A sample of the data to look at."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from .recording import array
from .style import COLOURS, Array, plain
from .tiles import columns_of, tiled


@dataclass(frozen=True)
class Sample:
    """One sample: what the network reads, [...] or, if it is ``timed``, [T, ...].

    ``picture`` is the shape to look at: [C, H, W] of images, [C, L] of signals. A network
    may read one of its "columns" or "rows" at each step, as ``sweep`` says. ``label`` is
    what the sample is, ``answer`` what the network said.
    """

    values: Tensor
    picture: tuple[int, ...]
    timed: bool = False
    sweep: str = ""
    label: str = ""
    answer: str = ""

    @property
    def title(self) -> str:
        """``Input: 7``, and below it what the network answered."""
        head = f"Input: {self.label}" if self.label else "Input"
        wrong = " (wrong)" if self.label and self.answer != self.label else ""
        return f"{head}\nanswered: {self.answer}{wrong}" if self.answer else head


def plot_sample(axes: Axes, sample: Sample) -> None:
    """An image, slices of a volume, or a signal; what has a time axis besides is summed over it.

    Time steps count from 1, as in all pictures; pixels, channels and neurons from 0.
    """
    values = array(sample.values)
    axes.set_title(sample.title)
    if sample.timed and values.ndim <= 2:
        signal = values.reshape(len(values), -1).T
        plot_signal(axes, signal, "time step", first=1)
        return
    values = values.sum(0) if sample.timed else values.reshape(sample.picture)
    how = ", summed over time" if sample.timed else ""
    if values.ndim <= 2:
        plot_signal(axes, np.atleast_2d(values), f"position{how}")
    elif values.ndim > 3:
        plot_volume(axes, values, how)
    else:
        plot_picture(axes, values, sample.sweep, how)


def plot_signal(axes: Axes, values: Array, across: str, first: int = 0) -> None:
    """Channels over time or place, [C, L]: lines or, of many channels, a row of cells each."""
    axes.set_xlabel(across)
    if len(values) > len(COLOURS):
        plot_image(axes, values, "auto", across=first)
        axes.set_ylabel("channel")
        return
    places = np.arange(first, first + values.shape[1])
    style = "o-" if len(places) <= 50 else "-"
    for channel, (row, colour) in enumerate(zip(values, COLOURS, strict=False)):
        name = f"channel {channel}"
        axes.plot(places, row, style, color=colour, markersize=3, label=name)
    if len(values) > 1:
        axes.legend(frameon=False, fontsize="small")
    axes.set_ylabel("value")
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    plain(axes)


def plot_volume(axes: Axes, values: Array, how: str = "") -> None:
    """[C, ..., H, W] as its slices [H, W] side by side, their channels added."""
    slices = values.sum(0).reshape(-1, *values.shape[-2:])
    plot_image(axes, tiled(slices, columns_of(len(slices))), "equal")
    axes.set(xlabel=f"{len(slices)} slices{how}", xticks=[], yticks=[])


def plot_picture(axes: Axes, values: Array, sweep: str, how: str = "") -> None:
    """An image [C, H, W]."""
    across, down = sweep == "columns", sweep == "rows"
    axes.set(xlabel=f"column (pixels){how}", ylabel="row (pixels)")
    if across:
        axes.set_xlabel("time step (a column of pixels each)")
    if down:
        axes.set_ylabel("time step (a row of pixels each)")
    plot_image(axes, image_of(values), "equal", int(across), int(down))


def image_of(values: Array) -> Array:
    """[C, H, W] as [H, W, 3] if these are colours, else as [H, W]."""
    colours: Array = values.transpose(1, 2, 0)
    return colours if colours.shape[-1] == 3 else colours.sum(-1)


def plot_image(
    axes: Axes,
    image: Array,
    aspect: Literal["auto", "equal"],
    across: int = 0,
    down: int = 0,
) -> None:
    """Values from 0 to 1, or from the least to the most if there are others.

    ``across`` and ``down`` are the numbers of the first column and of the first row.
    """
    low, high = min(0.0, float(np.nanmin(image))), max(1.0, float(np.nanmax(image)))
    scaled, (height, width) = (image - low) / (high - low), image.shape[:2]
    sides = across - 0.5, across + width - 0.5, down + height - 0.5, down - 0.5
    axes.imshow(scaled, cmap="gray", vmin=0, vmax=1, aspect=aspect, extent=sides)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(4, integer=True))
