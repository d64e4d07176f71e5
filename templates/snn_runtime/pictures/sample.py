"""A sample of the data to look at."""

from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from torch import Tensor

from .recording import array
from .style import Array


@dataclass(frozen=True)
class Sample:
    """One sample: what the network reads, [...] or, if it is ``timed``, [T, ...].

    ``picture`` is the shape to look at, [C, H, W] for images.
    """

    values: Tensor
    picture: tuple[int, ...]
    timed: bool = False
    title: str = "Input"


def plot_sample(axes: Axes, sample: Sample) -> None:
    """An image; events summed over time; or channels over time."""
    values = array(sample.values)
    axes.set(title=sample.title, xlabel="column (pixels)", ylabel="row (pixels)")
    if sample.timed and values.ndim == 2:
        plot_image(axes, values.T, "auto")
        axes.set(xlabel="time step", ylabel="channel")
        return
    if sample.timed:
        axes.set_title(f"{sample.title}, summed over time")
        values = values.sum(0)
    else:
        values = values.reshape(sample.picture)
    plot_image(axes, image_of(values), "equal")


def image_of(values: Array) -> Array:
    """[C, H, W] as [H, W, 3] if these are colours, else as [H, W]."""
    if values.ndim < 3:
        return values if values.ndim == 2 else values[:, None]
    colours: Array = values.transpose(1, 2, 0)
    return colours if colours.shape[-1] == 3 else colours.sum(-1)


def plot_image(axes: Axes, image: Array, aspect: Literal["auto", "equal"]) -> None:
    """Values from 0 to 1, or from the least to the most if there are others."""
    low, high = min(0.0, float(image.min())), max(1.0, float(image.max()))
    scaled = (image - low) / (high - low)
    axes.imshow(scaled, cmap="gray", vmin=0, vmax=1, aspect=aspect)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(4, integer=True))
