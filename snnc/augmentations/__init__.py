"""Augmentations: how training images are changed at random, anew in every batch; one per file.

An augmentation is a call on ``images`` [B, C, H, W] in the generated data.py, each image drawing
for itself. It draws from torch's generator of the CPU, so that a seed gives one result on every
device. What torchvision has no batched form for goes through ``one_by_one``.
"""

from typing import ClassVar

from snnc.kinds import Kind
from snnc.layer import Shape, ShapeError, show


class Augmentation(Kind):
    """A random change of a batch of images [B, C, H, W]; their shape stays."""

    helper: ClassVar[str]
    """Formatted source text of the function that ``source()`` calls."""
    imports: ClassVar[tuple[str, ...]] = ()
    """The import statements that the helper needs."""
    torchvision: ClassVar[bool] = False
    """Whether ``source()`` names something of torchvision's transforms, as ``v2.X``."""

    def source(self) -> str:
        """The expression that changes ``images``."""
        raise NotImplementedError

    def check(self, shape: Shape, timed: bool, white: int | None) -> None:
        """Whether samples are images that it can change. Raises ShapeError."""
        if len(shape) != 3:
            message = f"{self.kind} changes images [C, H, W], but a sample is {show(shape)}"
            raise ShapeError(message, "dataset")
