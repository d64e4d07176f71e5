"""Labels: one a sample, [B], or one a time step, [T, B]."""

from typing import TypeVar

from torch import Tensor

from ..lengths import masked_readout, real_steps
from .digests import Splits
from .settings import RunError

Data = TypeVar("Data", bound=Splits)


def per_sample(data: Data) -> Data:
    """The data. Raises RunError if they have a label a step, where none is compared."""
    splits = data.train, data.validation, data.test
    if any(split is not None and split.labels.dim() > 1 for split in splits):
        problem = (
            "y has a label for each time step, but the loss takes the answer of all"
        )
        advice = 'write `readout = "sequence"` and a loss with `over = "steps"`'
        raise RunError(f"{problem}: {advice}, or give one label a sample.")
    return data


def every_step(labels: Tensor, y: Tensor) -> Tensor:
    """Labels [T, B] for y [T, B, ...], of labels a step or a sample."""
    return labels if labels.dim() > 1 else labels.expand(len(y), -1)


def right(y: Tensor, labels: Tensor, lengths: Tensor | None = None) -> Tensor:
    """How many samples of y [T, B, classes] have their largest output at their label.

    With labels [B] the mean of y over the steps counts; with one a step, [T, B], the
    share of the steps that are right. Steps behind `lengths` are padding, which is not
    read. Raises RunError for other labels.
    """
    real = None if lengths is None else real_steps(y, lengths)
    if labels.shape == y.shape[:2]:
        hits = (y.argmax(2) == labels).double()
        if real is None:
            return hits.mean(0).sum()
        return ((hits * real).sum(0) / real.sum(0)).sum()
    if labels.shape != y.shape[1:2]:
        found = f"{[*labels.shape]} of outputs {[*y.shape]}"
        raise RunError(f"Labels must be [B] or [T, B], not {found}.")
    return (masked_readout(y, lengths, "mean").argmax(1) == labels).sum()


def only(label: Tensor) -> int | None:
    """The label of a sample; None if it has one a step."""
    return None if label.dim() else int(label)
