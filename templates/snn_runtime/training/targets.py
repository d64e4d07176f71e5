"""Labels that are no class of a sample: of every place, several, or values.

Metrics that are no mean over samples keep totals, which add up over batches and processes.
"""

from collections.abc import Callable

import torch
from torch import Tensor

SMALL = 1e-6  # against 0 / 0 where a class is neither there nor answered


def dice_loss(y: Tensor, labels: Tensor) -> Tensor:
    """One minus the mean overlap 2|p·t|/(|p| + |t|) of y [B, C, ...] and labels [B, ...]."""
    p = y.flatten(2).softmax(1)
    t = torch.zeros_like(p).scatter_(1, labels.flatten(1)[:, None], 1.0)
    both, each = (p * t).sum(2), p.sum(2) + t.sum(2)
    return 1 - ((2 * both + SMALL) / (each + SMALL)).mean()


def overlaps(y: Tensor, labels: Tensor) -> Tensor:
    """Overlap and union of each class, [2 C], of y [B, C, ...] and labels [B, ...]."""
    classes, answers = y.shape[1], y.argmax(1)

    def counted(x: Tensor, each: Tensor) -> Tensor:
        counts = torch.zeros(classes, dtype=torch.float64, device=x.device)
        return counts.scatter_add_(0, x.flatten(), each.flatten().double())

    both, every = counted(labels, answers == labels), torch.ones_like(labels)
    return torch.cat([both, counted(labels, every) + counted(answers, every) - both])


def mean_iou(totals: Tensor) -> float:
    """The mean of overlap by union over the classes that occur."""
    both, union = totals.chunk(2)
    found = union > 0
    return float((both[found] / union[found]).mean()) if found.any() else 1.0


def hits(y: Tensor, labels: Tensor) -> Tensor:
    """Labels that are answered rightly, and those that are answered wrongly or missed: [2]."""
    answered, there = y > 0, labels >= 0.5
    right = (answered & there).sum()
    return torch.stack([right, (answered ^ there).sum()]).double()


def f1(totals: Tensor) -> float:
    """The harmonic mean of precision and recall; 1 if there is nothing to find or to miss."""
    right, wrong = totals.tolist()
    return float(2 * right / (2 * right + wrong)) if right or wrong else 1.0


def squares(y: Tensor, labels: Tensor) -> Tensor:
    """Samples, squared errors, squares of values, and the sum of each value: [3 + values]."""
    want, got = labels.flatten(1).double(), y.flatten(1).double()
    heads = [len(want), (got - want).square().sum(), want.square().sum()]
    return torch.cat(
        [torch.stack([*map(torch.as_tensor, heads)]).double(), want.sum(0)]
    )


def r2(totals: Tensor) -> float:
    """The share of the variance that is explained; of no variance 1 without an error, else 0."""
    count, errors, square = totals[:3].tolist()
    spread = square - float(totals[3:].square().sum()) / count if count else 0.0
    if spread <= 1e-12 * square:
        return float(errors <= 1e-12 * square)
    return float(1 - errors / spread)


TOTALS: dict[str, Callable[[Tensor], float]] = {
    "f1": f1,
    "mean_iou": mean_iou,
    "r2": r2,
}
"""The metrics that are made of totals, by their names."""
