"""Which samples make which batch, on which process.

Order, noise and augmentation of a batch come from the seed, the epoch and the batch's
number, and from nothing that happened before. So a run can go on at any batch.
"""

import hashlib
import math
import random
import signal
from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from .processes import Team

WHOLE = torch.empty(0, dtype=torch.long)  # no lengths: there is no padding
SOME = 2**30  # stands for the number of a sample that is not known


class Split(Protocol):
    """Samples to train or to test with; data.py has them."""

    @property
    def labels(self) -> Tensor: ...

    def __len__(self) -> int: ...

    def batch(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """The samples of these indices [B]: what the network reads, and labels [B]."""
        ...


class Batch(NamedTuple):
    """This process's part of a batch."""

    x: Tensor
    labels: Tensor
    samples: int  # of it; 0 if x only stands in for none
    share: float  # of the samples that make one step of the optimizer
    broken: int | Tensor = 0  # see broken()
    lengths: Tensor = WHOLE  # the time steps of each sample that are no padding


class Batches(Dataset[Batch]):
    """The batches of one pass over a split, by their numbers."""

    def __init__(
        self,
        split: Split,
        team: Team,
        size: int,
        key: tuple[object, ...],
        accumulate: int = 1,
        shuffled: bool = False,
    ) -> None:
        self.split, self.team, self.size, self.key = split, team, size, key
        self.accumulate = accumulate
        order = torch.arange(len(split))
        if shuffled:
            source = torch.Generator().manual_seed(mixed(*key, "order"))
            order = torch.randperm(len(split), generator=source)
        self.order = order.to(split.labels.device)  # once, and not for every batch

    def __len__(self) -> int:
        return math.ceil(len(self.order) / self.size)

    def __getitem__(self, index: int) -> Batch:
        chosen = self.order[index * self.size :][: self.size]
        own = chosen[self.team.rank :: self.team.size]
        seed_all(mixed(*self.key, "data", index, self.team.rank))
        some = own if len(own) else chosen[:1]
        x, labels = self.split.batch(some)
        share = len(own) / self.step_size(index)
        every: Tensor | None = getattr(self.split, "lengths", None)
        lengths = WHOLE if every is None else every[some]
        return Batch(x, labels, len(own), share, self.broken(x, own), lengths)

    def broken(self, x: Tensor, chosen: Tensor) -> int | Tensor:
        """1 + the first of the chosen samples that holds NaN or infinite numbers.

        0 if none does. On a GPU, where it would have to be waited for, a tensor that is
        0 or SOME.
        """
        if x.is_cuda:
            return torch.where(finite(x), 0, SOME)
        if x.isfinite().all():
            return 0
        each = ((i, self.split.batch(i[None])[0]) for i in chosen)
        found = (int(i) for i, x in each if not bool(x.isfinite().all()))
        return 1 + next(found, int(chosen[0]) if len(chosen) else 0)

    def step_size(self, index: int) -> int:
        """How many samples make the step that the batch of that number belongs to."""
        many = self.size * self.accumulate
        start = index // self.accumulate * many
        return min(many, len(self.order) - start)

    def last(self, index: int) -> bool:
        """Whether the optimizer takes its step after the batch of that number."""
        return (index + 1) % self.accumulate == 0 or index + 1 == len(self)

    def load(self, workers: int, start: int = 0) -> Iterator[tuple[int, Batch]]:
        """Number and batch, from `start` on; each is preceded by its own seed."""
        numbers = range(start, len(self))
        loader = DataLoader(
            self,
            batch_size=None,
            sampler=numbers,
            num_workers=workers,
            worker_init_fn=deaf,
            pin_memory=workers > 0 and self.team.gpu,
        )
        for index, batch in zip(numbers, loader, strict=True):
            seed_all(mixed(*self.key, "network", index, self.team.rank))
            yield index, batch


def finite(x: Tensor) -> Tensor:
    """Whether all numbers are, as a tensor and in few launches."""
    if not x.is_floating_point():
        return torch.ones((), dtype=torch.bool, device=x.device)
    largest: Tensor = torch.linalg.vector_norm(x, torch.inf)
    return largest <= torch.finfo(x.dtype).max


def deaf(_: int) -> None:
    """Lets Ctrl-C be the business of the process that trains."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def mixed(*parts: object) -> int:
    """A seed of 63 bits from all of the parts."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def seed_all(seed: int) -> None:
    """Seeds every generator that a network, or data, may draw from."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
