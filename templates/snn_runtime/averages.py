"""Running averages of batch normalisations, where one call stands for several."""

from typing import TypeGuard

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .layouts import settled
from .watching import watched

BatchNorm = nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d


def remembers(bn: nn.Module) -> bool:
    """Whether a call changes what ``bn`` does later."""
    return bn.training and getattr(bn, "running_mean", None) is not None


def usual(bn: nn.Module) -> TypeGuard[BatchNorm]:
    """Whether ``bn`` is PyTorch's, nobody watches it, and averages move by a fixed part."""
    plain = type(bn) in (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
    return plain and getattr(bn, "momentum", None) is not None and not watched(bn)


def on_one(bn: BatchNorm, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """``bn`` in training of one step, and the step's own mean and unbiased variance."""
    mean, var = x.new_zeros(2, x.shape[1]).to(bn.running_mean).unbind()
    x = settled(x)
    y = F.batch_norm(x, mean, var, bn.weight, bn.bias, True, 1.0, bn.eps)
    return settled(y), mean, var


def track(bn: BatchNorm, mean: Tensor, var: Tensor, count: int) -> None:
    """One update of the running averages; ``var`` is of ``count`` numbers, without correction."""
    moved(bn, mean, var * (count / (count - 1)), bn.momentum or 0.0, 1)


def moved(
    bn: BatchNorm, mean: Tensor, var: Tensor, momentum: float, updates: int
) -> None:
    """Moves the running averages towards a mean and an unbiased variance."""
    if bn.running_mean is None or bn.running_var is None:
        return
    with torch.no_grad():
        bn.running_mean.lerp_(mean.to(bn.running_mean), momentum)
        bn.running_var.lerp_(var.to(bn.running_var), momentum)
        if bn.num_batches_tracked is not None:
            bn.num_batches_tracked += updates
