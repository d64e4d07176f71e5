"""Truncated back-propagation through time: no gradient crosses chunks of a batch."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from ..steps import joined
from .settings import Settings


class Chunk(NamedTuple):
    """Consecutive time steps, through which the gradient goes back."""

    steps: slice
    share: float  # of all steps
    last: bool

    def of(self, labels: Tensor) -> Tensor:
        """The labels of these steps; those of a sample, [B], are of every step."""
        return labels[self.steps] if labels.dim() > 1 else labels

    @property
    def length(self) -> int:
        """How many steps they are."""
        return int(self.steps.stop - self.steps.start)


def chunks(settings: Settings) -> Iterator[Chunk]:
    """The chunks of a sample; the last one may be shorter."""
    total = settings.time_steps
    size = settings.truncate or total
    for first in range(0, total, size):
        end = min(first + size, total)
        yield Chunk(slice(first, end), (end - first) / total, end == total)


class ChunkAnswers:
    """What the network answers to all chunks, without the way back."""

    def __init__(self, *readouts: str) -> None:
        self.readouts = readouts
        self.loss = torch.zeros(())
        self.parts: list[list[Tensor]] = [[] for _ in readouts]

    def add(self, chunk: Chunk, loss: Tensor, answers: Sequence[Tensor]) -> None:
        """Joins the answers to one more chunk, and its loss by its share of steps."""
        self.loss = self.loss.to(loss.device) + chunk.share * loss.detach()
        for i, (kind, y) in enumerate(zip(self.readouts, answers, strict=True)):
            y = y.detach() * chunk.share if kind == "mean" else y.detach()
            self.parts[i] = joined(kind, [*self.parts[i], y])

    def whole(self) -> list[Tensor]:
        """The answers over all steps."""
        return [torch.cat(parts) for parts in self.parts]


def cut(state: dict[str, Tensor]) -> None:
    """Keeps the numbers of a state, and not how they came about."""
    for name, value in state.items():
        state[name] = value.detach()
