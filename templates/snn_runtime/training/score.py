"""Loss and metric over the samples seen so far."""

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

Row = dict[str, float]  # the numbers of an epoch by their names
Seen = Callable[[Any, Batch], None]
"""Is given what the network answers to a batch: a tensor, or a tuple of its outputs."""


def unseen(y: Any, batch: Batch) -> None:
    """Leaves the answers alone."""


class Diverged(RunError):
    """A loss or a weight is NaN or infinite; the message says where."""


class Score:
    """Sums over samples, and how long they took; `metric` is what the sums mean."""

    def __init__(self, metric: str, start: list[float] | None = None) -> None:
        self.metric = metric
        self.sums = torch.tensor(start or [0.0] * 4, dtype=torch.float64)
        self.broken: Trouble = 0  # the first with the data, see finite.py
        self.held: Tensor | None = None  # sums of losses and metrics on a GPU
        self.later = Later()  # tells them to the progress bar
        self.earlier = self.sums  # the other sums as they were then

    def add(self, count: int, loss: Tensor, metric: Tensor, seconds: float) -> None:
        """Counts one batch: its mean loss, and its metric's sum over the samples."""
        if not count:
            return
        if loss.is_cuda:
            now = torch.stack([loss.detach().double() * count, metric.detach()])
            self.held = now if self.held is None else self.held + now
            self.sums += torch.tensor([count, 0, 0, seconds], dtype=torch.float64)
            return
        new = [count, float(loss) * count, float(metric.detach()), seconds]
        self.sums += torch.tensor(new, dtype=torch.float64)

    def reduced(self, team: Team) -> "Score":
        """The score over all processes."""
        sums = team.total(self.whole().to(team.device)).cpu()
        sums[3] /= team.size
        return Score(self.metric, sums.tolist())

    def whole(self) -> Tensor:
        """All four sums. It waits for the GPU, and is therefore asked for once an epoch."""
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
        """The mean metric of a sample."""
        return float(self.whole()[2] / self.sums[0])

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


def joined(sums: Tensor, held: Tensor) -> Tensor:
    """All four sums, of which a GPU held the two in the middle."""
    return torch.cat([sums[:1], sums[1:3] + held, sums[3:]])


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
