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

    ``picture`` is the shape to look at, [C, H, W] for images. A network may read one of
    its "columns" or "rows" at each step, as ``sweep`` says. ``label`` is what the sample
    is, ``answer`` what the network said.
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
    """An image; events summed over time; or channels over time.

    Time steps count from 1, as in all pictures; pixels, channels and neurons from 0.
    """
    values = array(sample.values)
    axes.set(title=sample.title, xlabel="column (pixels)", ylabel="row (pixels)")
    if sample.timed and values.ndim == 2:
        plot_image(axes, values.T, "auto", across=1)
        axes.set(xlabel="time step", ylabel="channel")
        return
    if sample.timed:
        axes.set_xlabel("column (pixels), summed over time")
        values = values.sum(0)
    else:
        values = values.reshape(sample.picture)
    across, down = sample.sweep == "columns", sample.sweep == "rows"
    if across:
        axes.set_xlabel("time step (a column of pixels each)")
    if down:
        axes.set_ylabel("time step (a row of pixels each)")
    plot_image(axes, image_of(values), "equal", int(across), int(down))


def image_of(values: Array) -> Array:
    """[C, H, W] as [H, W, 3] if these are colours, else as [H, W]."""
    if values.ndim < 3:
        return values if values.ndim == 2 else values[:, None]
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
    low, high = min(0.0, float(image.min())), max(1.0, float(image.max()))
    scaled, (height, width) = (image - low) / (high - low), image.shape[:2]
    sides = across - 0.5, across + width - 0.5, down + height - 0.5, down - 0.5
    axes.imshow(scaled, cmap="gray", vmin=0, vmax=1, aspect=aspect, extent=sides)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(4, integer=True))
