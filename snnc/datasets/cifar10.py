"""CIFAR10."""

from string import Template
from typing import Literal

from snnc.datasets._pictures import Pictures
from snnc.datasets._text import strings, torchvision


class CIFAR10(Pictures):
    """60,000 colour photographs of ten classes, 32 x 32 pixels; 50,000 train, 10,000 test.

    torchvision reads the folder cifar-10-batches-py and compares its checksums (Krizhevsky,
    Learning multiple layers of features from tiny images, 2009).
    """

    kind: Literal["CIFAR10"] = "CIFAR10"

    title = "CIFAR-10"
    shape = (3, 32, 32)
    standard_library = ("from typing import Any",)
    labels = tuple("airplane automobile bird cat deer dog frog horse ship truck".split())

    def source(self, timed: bool) -> str:
        missing = f"CIFAR-10 is not in {{data_dir}}: {torchvision(self.kind)} gets it."
        broken = (
            "{data_dir}/cifar-10-batches-py is incomplete or broken, its checksums say; remove it "
            f"and {torchvision(self.kind)} gets it anew."
        )
        return Template(_SOURCE).substitute(missing=strings(missing), broken=strings(broken))


_SOURCE = '''\
MISSING = (
    $missing
)
BROKEN = (
    $broken
)


def read(data_dir: Path) -> tuple[Split, Split]:
    """What torchvision reads in the folder cifar-10-batches-py."""
    try:
        from torchvision import datasets  # type: ignore[import-untyped, unused-ignore]
    except ImportError as error:
        raise DataError("It is read by torchvision: pip install torchvision") from error
    if not (data_dir / "cifar-10-batches-py").is_dir():
        raise DataError(MISSING.format(data_dir=data_dir))
    try:
        train, test = (datasets.CIFAR10(data_dir, train=on) for on in (True, False))
    except (OSError, RuntimeError) as error:
        raise DataError(BROKEN.format(data_dir=data_dir)) from error
    return checked(*tensors(train)), checked(*tensors(test))


def tensors(split: Any) -> tuple[Tensor, Tensor]:
    """Images [N, C, H, W] and labels [N]; torchvision has the channels last."""
    images = torch.from_numpy(split.data).permute(0, 3, 1, 2).contiguous()
    return images, torch.tensor(split.targets)
'''
