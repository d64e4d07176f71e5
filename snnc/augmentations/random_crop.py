"""RandomCrop."""

from typing import Literal

from snnc.augmentations import Augmentation
from snnc.sizes import Positive


class RandomCrop(Augmentation):
    """A window of the image's own size, at a random place of the image padded with zeros.

    ``padding`` is the number of zeros on each side; 4 is usual for CIFAR-10 (Krizhevsky,
    Convolutional deep belief networks on CIFAR-10, 2010). All frames of a recording of events move
    alike.
    """

    kind: Literal["RandomCrop"] = "RandomCrop"
    padding: Positive

    imports = ("import torch.nn.functional as F",)
    helper = '''\
def random_crop(images: Tensor, padding: int) -> Tensor:
    """Each image moved by up to `padding` pixels each way; zeros come in."""
    count, _, height, width = images.shape
    padded = F.pad(images, [padding] * 4)
    top, left = torch.randint(2 * padding + 1, (2, count, 1, 1)).to(images.device)
    rows = top + torch.arange(height, device=images.device).unsqueeze(1)
    columns = left + torch.arange(width, device=images.device)
    each = torch.arange(count, device=images.device).view(-1, 1, 1)
    return padded[each, :, rows, columns].movedim(-1, 1).contiguous()
'''

    def source(self) -> str:
        return f"random_crop(images, {self.padding})"
