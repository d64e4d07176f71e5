"""Digests of data: whether a run goes on with the samples that it began with."""

from typing import Protocol

import torch
from torch import Tensor

from ..weights import digest
from .mapped import Mapped

MOST = 2**26  # bytes of a split that are read; of a larger one only some samples are


class Samples(Protocol):
    """A split as it is stored: samples [N, ...] and labels [N, ...]."""

    @property
    def samples(self) -> Tensor | Mapped: ...

    @property
    def labels(self) -> Tensor: ...


class Splits(Protocol):
    """What data.py loads."""

    @property
    def train(self) -> Samples: ...

    @property
    def validation(self) -> Samples | None: ...

    @property
    def test(self) -> Samples: ...


def of_splits(data: Splits) -> dict[str, str]:
    """The digest of each split, by its name."""
    splits = {"train": data.train, "validation": data.validation, "test": data.test}
    return {
        name: digest([*of_labels(split), list(split.samples.shape)])
        for name, split in splits.items()
        if split is not None
    }


def of_labels(split: Samples) -> list[Tensor]:
    """The tensors of a split: samples, labels, and lengths if it has them."""
    lengths = getattr(split, "lengths", None)
    more = [] if lengths is None else [lengths]
    return [some(split.samples), split.labels, *more]


def some(samples: Tensor | Mapped) -> Tensor:
    """All samples, or as many of them, evenly spaced, as `MOST` bytes hold."""
    if isinstance(samples, Mapped):
        return samples[torch.arange(0, len(samples), max(1, -(-samples.size // MOST)))]
    size = samples.numel() * samples.element_size()
    return samples[:: -(-size // MOST)] if size else samples
