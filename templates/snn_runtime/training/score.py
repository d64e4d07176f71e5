"""Loss and metric over the samples seen so far."""

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm  # type: ignore[import-untyped, unused-ignore]

from .batches import Batch, Batches
from .finite import Trouble, first, in_data
from .later import Later
from .processes import Team
from .settings import RunError
from .targets import TOTALS

Row = dict[str, float]  # the numbers of an epoch by their names
Seen = Callable[[Any, Batch], None]
"""Is given what the network answers to a batch: a tensor, or a tuple of its outputs."""


def unseen(y: Any, batch: Batch) -> None:
    """Leaves the answers alone."""


class Diverged(RunError):
    """A loss or a weight is NaN or infinite; the message says where."""


class Score:
    """Sums over samples, and how long they took; `metric` is what the sums mean.

    Behind the four of every metric are the totals of one that is no mean over samples.
    """

    def __init__(self, metric: str, start: list[float] | None = None) -> None:
        self.metric = metric
        self.sums = torch.tensor(start or [0.0] * 4, dtype=torch.float64)
        self.broken: Trouble = 0  # the first with the data, see finite.py
        self.held: Tensor | None = None  # sums of losses and metrics on a GPU
        self.later = Later()  # tells them to the progress bar
        self.earlier = self.sums  # the other sums as they were then

    def add(self, count: int, loss: Tensor, metric: Tensor, seconds: float) -> None:
        """Counts one batch: its mean loss, and its metric's sum over the samples, or totals."""
        number, totals = apart(metric.detach())
        if missing := 4 + len(totals) - len(self.sums):
            self.sums = torch.cat([self.sums, self.sums.new_zeros(missing)])
        if not count:
            return
        now = torch.stack([loss.detach().double() * count, number])
        now = torch.cat([now, totals])
        own = [count, 0, 0, seconds, *[0] * len(totals)]
        self.sums = self.sums + torch.tensor(own, dtype=torch.float64)
        if loss.is_cuda:
            self.held = now if self.held is None else self.held + now
        else:
            self.sums = joined(self.sums, now)

    def reduced(self, team: Team) -> "Score":
        """The score over all processes."""
        sums = team.total(self.whole().to(team.device)).cpu()
        sums[3] /= team.size
        return Score(self.metric, sums.tolist())

    def whole(self) -> Tensor:
        """All sums. It waits for the GPU, and is therefore asked for once an epoch."""
        return self.sums if self.held is None else joined(self.sums, self.held.cpu())

    def lately(self) -> str:
        """The score; on a GPU that of the batch before, for which nobody has to wait."""
        if self.held is None:
            return str(self)
        earlier, held = self.earlier, self.later.take()
        self.earlier = self.sums.clone()
        self.later.send(self.held)
        if held is None:
            return ""
        return str(Score(self.metric, joined(earlier, held).tolist()))

    @property
    def count(self) -> int:
        """Samples."""
        return int(self.sums[0])

    @property
    def loss(self) -> float:
        """The mean loss of a sample."""
        return float(self.whole()[1] / self.sums[0])

    @property
    def value(self) -> float:
        """The mean metric of a sample, or what its totals come to."""
        whole = self.whole()
        if self.metric in TOTALS:
            return TOTALS[self.metric](whole[4:]) if len(whole) > 4 else math.nan
        return float(whole[2] / whole[0])

    @property
    def speed(self) -> float:
        """Samples per second."""
        return float(self.sums[0] / self.sums[3])

    @property
    def numbers(self) -> Row:
        """Loss and metric by their names."""
        return {"loss": self.loss, self.metric: self.value}

    def __str__(self) -> str:
        return "  ".join(f"{name} {shown(name, n)}" for name, n in self.numbers.items())


def apart(metric: Tensor) -> tuple[Tensor, Tensor]:
    """A metric's sum over the samples, and the totals of one that is no mean: 0 and [k]."""
    metric = metric.double()
    return (
        (metric.new_zeros(()), metric) if metric.dim() else (metric, metric[None][:0])
    )


def joined(sums: Tensor, held: Tensor) -> Tensor:
    """All sums, with those of the losses, the metrics and their totals."""
    middle, totals = sums[1:3] + held[:2], sums[4:] + held[2:]
    return torch.cat([sums[:1], middle, sums[3:4], totals])


def shown(name: str, value: float) -> str:
    """A number as people read it."""
    return f"{value:.2%}" if name == "accuracy" else f"{value:.4f}"


def watched(
    title: str, batches: Batches, workers: int, score: Score, start: int = 0
) -> Iterator[tuple[int, Batch]]:
    """The batches from `start` on, under a progress bar that shows the score."""
    total, done = len(batches.order), start * batches.size
    quiet = None if batches.team.leads else True
    with tqdm(
        desc=title, total=total, initial=done, unit="img", leave=False, disable=quiet
    ) as bar:
        for index, batch in batches.load(workers, start):
            score.broken = first(score.broken, in_data(index, batch))
            yield index, batch
            if not bar.disable:
                bar.set_postfix_str(score.lately(), refresh=False)
            bar.update(min(batches.size, total - index * batches.size))


class Clock:
    """Measures the seconds between calls."""

    def __init__(self) -> None:
        self.last = time.perf_counter()

    def lap(self) -> float:
        """Seconds since the last call."""
        before, self.last = self.last, time.perf_counter()
        return self.last - before
