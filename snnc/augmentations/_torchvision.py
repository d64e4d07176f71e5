"""The base of augmentations from torchvision: transforms that run image by image."""

from snnc.augmentations import Augmentation
from snnc.shapes import Shape, ShapeError


class OneByOne(Augmentation):
    """A class of torchvision.transforms.v2 with its field names and defaults.

    torchvision would change all images of a batch alike, so it gets one image at a time.
    """

    torchvision = True
    imports = ("from collections.abc import Callable",)
    helper = '''\
def one_by_one(images: Tensor, change: Callable[[Tensor], Tensor]) -> Tensor:
    """Each image changed on its own: torchvision changes those of a batch alike."""
    return torch.stack([change(image) for image in images])
'''

    def source(self) -> str:
        fields = self.model_dump(exclude={"kind"}, exclude_defaults=True)
        settings = ", ".join(f"{name}={value!r}" for name, value in fields.items())
        return f"one_by_one(images, v2.{self.kind}({settings}))"


class Photographic(OneByOne):
    """An augmentation for photographs: bytes with one or three channels, and no events."""

    def check(self, shape: Shape, timed: bool, white: int | None) -> None:
        super().check(shape, timed, white)
        if timed or white != 255 or shape[0] not in (1, 3):
            message = f"{self.kind} changes images of bytes, grey or red-green-blue"
            raise ShapeError(message, "dataset")
