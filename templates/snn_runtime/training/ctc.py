"""Sequences of labels: their loss over all alignments, and errors of greedy answers."""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..lengths import real_steps


def ctc(
    y: Tensor, labels: Tensor, lengths: Tensor | None = None, blank: int = 0
) -> Tensor:
    """The loss of y [T, B, classes] against labels [B, L], behind which -1 stands."""
    if lengths is None:
        lengths = labels.new_full((len(labels),), len(y))
    count = (labels >= 0).sum(1)
    likely = y.log_softmax(2)
    return F.ctc_loss(
        likely, labels.clamp(min=0), lengths, count, blank, zero_infinity=True
    )


def label_errors(
    y: Tensor, labels: Tensor, lengths: Tensor | None = None, blank: int = 0
) -> Tensor:
    """Edits from the greedy answers to the labels, by the number of labels, summed."""
    answers = y.argmax(2)
    if lengths is not None:
        answers = answers.masked_fill(~real_steps(y, lengths), blank)
    total = 0.0
    for answer, label in zip(answers.T.tolist(), labels.tolist(), strict=True):
        steps = zip([None, *answer], answer, strict=False)
        said = [now for before, now in steps if now not in (before, blank)]
        want = [each for each in label if each >= 0]
        total += edits(said, want) / max(1, len(want))
    return torch.tensor(total, dtype=torch.float64, device=y.device)


def edits(said: list[int], want: list[int]) -> int:
    """The fewest insertions, deletions and replacements between two sequences."""
    row = list(range(len(want) + 1))
    for i, one in enumerate(said, 1):
        above, row[0] = row[0], i
        for j, other in enumerate(want, 1):
            best = min(row[j] + 1, row[j - 1] + 1, above + (one != other))
            above, row[j] = row[j], best
    return row[-1]
