"""A network at work: what is timed."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.peers.settings import Settings
from benchmarks.peers.workloads import Problem


class Side:
    """Trains on a batch and answers it, as the package's training script does.

    ``forward`` is how the network is called, ``encode`` what is done to the batch each time, and
    ``after`` what must be done after each batch; ``note`` is for its row.
    """

    note = ""

    def __init__(
        self,
        net: nn.Module,
        problem: Problem,
        settings: Settings,
        *,
        forward: Callable[[Tensor], Tensor] | None = None,
        encode: Callable[[Tensor], Tensor] | None = None,
        after: Callable[[], None] | None = None,
        gain: float = 1.0,
    ) -> None:
        self.net, self.settings, self.gain = net, settings, gain
        self.forward = forward or net
        self.encode, self.after = encode, after
        self.x, self.labels = problem.x, problem.labels
        self.trains = problem.workload.trains
        if self.trains:
            train = problem.train
            self.loss_of: Any = train.loss_of
            table = train.SPEC.optimizer
            self.optimizer = train.training.optimizers.make_optimizer(net.parameters(), table)

    def train(self) -> None:
        """One step of training."""
        self.net.train()
        with self.settings.autocast:
            y = self.answer()
        self.loss_of(y.float(), self.labels).backward()
        self.optimizer.step()
        self.optimizer.zero_grad()

    @torch.no_grad()
    def infer(self) -> Tensor:
        """The answers [B, classes] to the batch."""
        self.net.eval()
        with self.settings.autocast:
            return self.answer()

    def answer(self) -> Tensor:
        """The answers in whatever mode the network is."""
        x = self.x if self.encode is None else self.encode(self.x)
        y = self.forward(x)
        if self.after is not None:
            self.after()
        return y if self.gain == 1.0 else y * self.gain
