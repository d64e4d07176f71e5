"""Numbers that are none: where training meets NaN or an infinity first."""

import torch
from torch import Tensor, nn

from .batches import Batch

DATA = 2**32  # above it, a number says which sample is broken; below, which batch


def trouble(index: int, batch: Batch | None = None) -> int:
    """What is wrong with batch `index` as one number, 0 for nothing, for all processes.

    With a batch it is what its data say, and without one it is its loss.
    """
    if batch is None:
        return index + 1
    return 0 if batch.broken is None else (batch.broken + 1) * DATA + index + 1


def said(number: int, split: str) -> str:
    """The trouble in words: ``batch 3: the loss is NaN or infinite``."""
    sample, batch = divmod(number, DATA)
    what = "the loss is NaN or infinite"
    if sample:
        what = f"sample {sample - 1} of the {split} data holds NaN or infinite numbers"
    return f"batch {batch}: {what}"


def broken_gradient(net: nn.Module) -> str:
    """The parameter nearest to the loss whose gradient is NaN or infinite, or ""."""
    with torch.no_grad():
        found = {
            name: torch.linalg.vector_norm(parameter.grad, torch.inf)
            for name, parameter in net.named_parameters()
            if parameter.grad is not None and parameter.grad.numel()
        }
        if not found or is_finite(torch.stack([*found.values()])):
            return ""
    return next(name for name in reversed(found) if not is_finite(found[name]))


def is_finite(x: Tensor) -> bool:
    """Whether all numbers are."""
    return bool(x.isfinite().all())
