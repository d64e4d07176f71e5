"""The base of datasets of pictures: augmentation and normalisation."""

from collections.abc import Sequence
from itertools import cycle, islice
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from snnc.augmentations import Augmentation
from snnc.choice import Choice
from snnc.datasets import Dataset
from snnc.step.bounds import Bounds, hull


def _several(value: Any) -> Any:
    """One number is that of all channels."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return (value,) if number else value


_ONE_OR_MORE = BeforeValidator(_several, json_schema_input_type=float | tuple[float, ...])
Moments = Annotated[tuple[float, ...], Field(min_length=1), _ONE_OR_MORE]
Spreads = Annotated[tuple[Annotated[float, Field(gt=0)], ...], Field(min_length=1), _ONE_OR_MORE]


class MeanStd(BaseModel):
    """(x - mean) / std of pixels in [0, 1], with one number for all channels or one per channel."""

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", strict=True, allow_inf_nan=False
    )

    mean: Moments
    std: Spreads


class Pictures(Dataset):
    """Images, stored as bytes [N, C, H, W]; the network reads floats in [0, 1].

    ``augment`` changes the training images of every batch, in the order of the list. ``normalize``
    then subtracts the mean of every channel and divides by its deviation.
    """

    augment: tuple[Annotated[Augmentation, Choice("snnc.augmentations")], ...] = ()
    normalize: MeanStd | None = None

    @property
    def scale(self) -> int | None:
        return 255

    @property
    def bounds(self) -> Bounds:
        if self.normalize is None:
            return 0.0, 1.0
        mean, std = self.normalize.mean, self.normalize.std
        pairs = zip(cycle(mean), cycle(std), strict=False)  # once, or once per channel
        each = islice(pairs, max(len(mean), len(std)))
        return hull(*((-m / s, (1 - m) / s) for m, s in each))

    @property
    def changes(self) -> Sequence[Augmentation]:
        return self.augment

    @property
    def moments(self) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
        return (self.normalize.mean, self.normalize.std) if self.normalize else None
