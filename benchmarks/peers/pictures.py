"""A batch of pictures: of the data set, or of digits that scikit-learn ships."""

from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor


def pictures(package: str, count: int, folder: Path) -> tuple[Tensor, Tensor, str]:
    """Pictures [count, 1, 28, 28] in [0, 1], their labels, and where they are from.

    They are the first training samples as the generated package reads them.
    """
    data: Any = import_module(f"{package}.data")
    try:
        split, _ = data.read(folder)
    except data.DataError as missing:
        x, labels = digits(count)
        told = str(missing).partition(":")[0]
        return x, labels, f"scikit-learn's digits, enlarged to 28 × 28 ({told})"
    x, labels = split.batch(torch.arange(count))
    return x, labels, f"the first {count} training samples"


def digits(count: int) -> tuple[Tensor, Tensor]:
    """Digits of 8 × 8 pixels with each pixel as 3 × 3, in a frame of two."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    x = torch.from_numpy(images[:count]).float().view(-1, 1, 8, 8) / 16
    x = x.repeat_interleave(3, 2).repeat_interleave(3, 3)
    return torch.nn.functional.pad(x, (2, 2, 2, 2)), torch.from_numpy(labels[:count])
