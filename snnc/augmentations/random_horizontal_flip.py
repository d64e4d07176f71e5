"""RandomHorizontalFlip."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from snnc.augmentations import Augmentation


class RandomHorizontalFlip(Augmentation):
    """The image mirrored, left to right, with probability ``p``.

    Digits and gestures of one hand do not allow it, because their labels would be wrong.
    """

    mirrors: ClassVar[bool] = True

    kind: Literal["RandomHorizontalFlip"] = "RandomHorizontalFlip"
    p: Annotated[float, Field(ge=0, le=1)] = 0.5

    helper = '''\
def random_horizontal_flip(images: Tensor, p: float) -> Tensor:
    """Each image mirrored, left to right, with probability `p`."""
    mirrored = (torch.rand(len(images), 1, 1, 1) < p).to(images.device)
    return torch.where(mirrored, images.flip(-1), images)
'''

    def source(self) -> str:
        return f"random_horizontal_flip(images, {self.p!r})"
