"""What a network answered, sample by sample, while train.evaluate goes over a split."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..lengths import masked_readout, real_steps
from ..training import Batch


@dataclass(frozen=True)
class Answers:
    """Labels, answers and their confidence, [cases]: samples, or steps or places of them.

    ``confidence`` is the softmax at the answer, and ``steps`` how many cases a sample is.
    """

    labels: Tensor
    answers: Tensor
    confidence: Tensor
    steps: int = 1

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def right(self) -> Tensor:
        """Whether each case is answered with its label, [cases]."""
        return self.answers == self.labels


class Watch:
    """Keeps the answers at one output; ``over_time``: it answers at every step, [T, B, classes]."""

    def __init__(self, output: str, over_time: bool) -> None:
        self.output, self.over_time = output, over_time
        self.steps = 1
        self.parts: list[tuple[Tensor, Tensor, Tensor]] = []

    def __call__(self, y: Any, batch: Batch) -> None:
        """Keeps what was answered to a batch."""
        if not self.output or not batch.samples:
            return
        answer = getattr(y, self.output) if isinstance(y, tuple) else y
        labels = batch.labels.cpu()
        answer = answer.detach().double().cpu()
        if answer.dim() > 2 + self.over_time:  # a label for every place
            answer = answer.mean(0) if self.over_time else answer
            self.steps = labels[0].numel()
            answer, labels = answer.movedim(1, -1).flatten(0, -2), labels.flatten()
        elif self.over_time and labels.dim() == 1:
            lengths = batch.lengths.cpu() if len(batch.lengths) else None
            answer = masked_readout(answer, lengths, "mean")
        elif self.over_time and len(batch.lengths):
            real = real_steps(answer, batch.lengths.cpu())
            answer, labels = answer[real], labels[real]
        elif self.over_time:
            self.steps = len(labels)
            # all steps of a sample one after another
            answer, labels = answer.transpose(0, 1).flatten(0, 1), labels.T.flatten()
        confidence, chosen = answer.softmax(1).max(1)
        self.parts.append((labels, chosen, confidence))

    def result(self) -> Answers | None:
        """All of them; None of a network that tells no class."""
        if not self.parts:
            return None
        labels, answers, confidence = map(torch.cat, zip(*self.parts, strict=True))
        return Answers(labels, answers, confidence, self.steps)
