"""Numbers of a GPU that the host reads a step late, so that neither waits."""

from typing import Any

import torch
from torch import Tensor

from .processes import Team

CUDA: Any = torch.cuda  # its classes are not typed


class Later:
    """Numbers as they were when they were sent.

    Reading waits for what was asked of the GPU until then, and for nothing after it.
    """

    def __init__(self) -> None:
        self.sent: tuple[Tensor, Any] | None = None

    def send(self, numbers: Tensor) -> None:
        """Begins to copy numbers of the GPU to the host."""
        there = torch.empty(numbers.shape, dtype=numbers.dtype, pin_memory=True)
        there.copy_(numbers, non_blocking=True)
        event: Any = CUDA.Event()
        event.record()
        self.sent = there, event

    def take(self) -> Tensor | None:
        """What was sent last, once; None if nothing was."""
        sent, self.sent = self.sent, None
        if sent is None:
            return None
        numbers, event = sent
        event.synchronize()
        return numbers


class Most:
    """The largest number in any of the processes; on a GPU, that of the step before."""

    def __init__(self, team: Team) -> None:
        self.team, self.later = team, Later()

    def __call__(self, number: int | Tensor) -> int:
        """To be called by all processes at every step."""
        if not isinstance(number, Tensor):
            if self.team.size == 1 or not self.team.gpu:
                return self.team.most(number)
            number = torch.full((), number, device=self.team.device)
        before = self.rest()
        self.later.send(self.team.largest(number))
        return before

    def rest(self) -> int:
        """What was not told yet."""
        found = self.later.take()
        return 0 if found is None else int(found)
