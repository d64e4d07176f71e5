"""Losses and accuracy of outputs at every time step, as loops over numbers."""

from math import exp, log

from torch import Tensor


def loss_by_hand(kind: str, y: Tensor, labels: Tensor, smoothing: float = 0.0) -> float:
    """The mean over all steps and samples of y [T, B, C]; labels are [B], or [T, B]."""
    steps, samples, classes = y.shape
    total = 0.0
    for t in range(steps):
        for b in range(samples):
            label = int(labels[t, b] if labels.dim() > 1 else labels[b])
            row = y[t, b].tolist()
            if kind == "mse":
                total += sum((v - (c == label)) ** 2 for c, v in enumerate(row)) / classes
            else:
                shares = [
                    (1 - smoothing) * (c == label) + smoothing / classes for c in range(classes)
                ]
                total -= sum(s * log(p) for s, p in zip(shares, softmax(row), strict=True))
    return total / steps / samples


def softmax(row: list[float]) -> list[float]:
    """The probabilities of one row of logits."""
    total = sum(map(exp, row))
    return [exp(number) / total for number in row]


def right_by_hand(y: Tensor, labels: Tensor) -> float:
    """How many samples are right: by their mean over the steps, or by the share of their steps."""
    steps, samples, classes = y.shape
    if labels.dim() == 1:
        means = [[float(y[:, b, c].mean()) for c in range(classes)] for b in range(samples)]
        return sum(
            row.index(max(row)) == int(label) for row, label in zip(means, labels, strict=True)
        )
    hits = [
        [int(y[t, b].argmax()) == int(labels[t, b]) for t in range(steps)] for b in range(samples)
    ]
    return sum(sum(row) / steps for row in hits)
