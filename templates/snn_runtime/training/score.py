"""Loss and metric over the samples seen so far."""

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm  # type: ignore[import-untyped, unused-ignore]

from .batches import Batch, Batches
from .finite import trouble
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
        self.broken = 0  # the first trouble with the data, see finite.py

    def add(self, count: int, loss: Tensor, metric: Tensor, seconds: float) -> None:
        """Counts one batch: its mean loss, and its metric's sum over the samples, or totals."""
        totals = metric.detach().double().cpu() if metric.dim() else torch.zeros(0)
        if len(self.sums) < 4 + len(totals):
            self.sums = torch.cat([self.sums, torch.zeros_like(totals)])
        if not count:
            return
        number = 0.0 if metric.dim() else float(metric.detach())
        new = [count, float(loss) * count, number, seconds]
        self.sums[:4] += torch.tensor(new, dtype=torch.float64)
        self.sums[4:] += totals

    def reduced(self, team: Team) -> "Score":
        """The score over all processes."""
        sums = team.total(self.sums.to(team.device)).cpu()
        sums[3] /= team.size
        return Score(self.metric, sums.tolist())

    @property
    def count(self) -> int:
        """Samples."""
        return int(self.sums[0])

    @property
    def loss(self) -> float:
        """The mean loss of a sample."""
        return float(self.sums[1] / self.sums[0])

    @property
    def value(self) -> float:
        """The mean metric of a sample, or what its totals come to."""
        if self.metric in TOTALS:
            known = len(self.sums) > 4
            return TOTALS[self.metric](self.sums[4:]) if known else math.nan
        return float(self.sums[2] / self.sums[0])

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
            score.broken = score.broken or trouble(index, batch)
            yield index, batch
            if not bar.disable:
                bar.set_postfix_str(str(score), refresh=False)
            bar.update(min(batches.size, total - index * batches.size))


class Clock:
    """Measures the seconds between calls."""

    def __init__(self) -> None:
        self.last = time.perf_counter()

    def lap(self) -> float:
        """Seconds since the last call."""
        before, self.last = self.last, time.perf_counter()
        return self.last - before
