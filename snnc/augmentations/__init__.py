"""Augmentations: random changes of training images, anew in every batch; one per file.

An augmentation is a call on ``images`` [B, C, H, W] in the generated data.py. Each image draws its
own random numbers. They come from torch's CPU generator, so a seed gives one result on every
device. An augmentation without a batched form in torchvision goes through ``one_by_one``.
"""

from typing import ClassVar

from snnc.kinds import Kind
from snnc.shapes import Shape, ShapeError, show


class Augmentation(Kind):
    """A random change of a batch of images [B, C, H, W] that keeps their shape."""

    helper: ClassVar[str]
    """Formatted source text of the function that ``source()`` calls."""
    imports: ClassVar[tuple[str, ...]] = ()
    """The import statements that the helper needs."""
    mirrors: ClassVar[bool] = False
    """Whether it turns left into right."""
    torchvision: ClassVar[bool] = False
    """Whether ``source()`` names something of torchvision's transforms, as ``v2.X``."""

    def source(self) -> str:
        """The expression that changes ``images``."""
        raise NotImplementedError

    def check(self, shape: Shape, timed: bool, white: int | None) -> None:
        """Check that samples are images that the augmentation can change. Raises ShapeError."""
        if len(shape) != 3:
            message = f"{self.kind} changes images [C, H, W], but a sample is {show(shape)}"
            raise ShapeError(message, "dataset")
