"""Batch normalisations as modules: which of them kernels take over, and their running averages."""

from typing import TypeGuard

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..pooled.windows import watched

BatchNorm = nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d
AXES: dict[type, tuple[int, ...]] = {
    nn.BatchNorm1d: (2, 3),
    nn.BatchNorm2d: (4,),
    nn.BatchNorm3d: (5,),
}


def taken(bn: nn.Module, x: Tensor) -> bool:
    """Whether kernels do to x [B, C, ...] what ``bn`` would: nobody watches, nothing is unusual."""
    if x.dim() not in AXES.get(type(bn), ()) or watched(bn):
        return False
    mean, momentum = bn.running_mean, getattr(bn, "momentum", None)
    enough = x.numel() > x.shape[1] or not bn.training
    if not isinstance(mean, Tensor) or momentum is None or not enough:
        return False
    mixed = x.dtype.itemsize == 2 and mean.dtype == torch.float32
    return len(mean) == x.shape[1] and (mixed or mean.dtype == x.dtype)


def track(bn: BatchNorm, mean: Tensor, var: Tensor, count: int) -> None:
    """One update of the running averages; ``var`` is of ``count`` numbers, without correction."""
    with torch.no_grad():
        if bn.running_mean is None or bn.running_var is None:
            return
        var = var * (count / (count - 1))
        bn.running_mean.lerp_(mean.to(bn.running_mean), bn.momentum or 0.0)
        bn.running_var.lerp_(var.to(bn.running_var), bn.momentum or 0.0)
        if bn.num_batches_tracked is not None:
            bn.num_batches_tracked += 1


def apart(bn: nn.Module, x: Tensor, time_steps: int | None) -> Tensor:
    """``bn`` alone: of x [T, B, C, ...] or, with time_steps, of one step [B, C, ...] for all.

    Of one step, its running averages get the one update that all T*B samples make.
    """
    y: Tensor
    if time_steps is None:
        return torch.unflatten(bn(x.flatten(0, 1)), 0, x.shape[:2])
    if not bn.training or getattr(bn, "running_mean", None) is None:
        y = bn(x)
        return y
    if once(bn, x):
        return on_one(bn, x, time_steps)
    y = bn(x.expand(time_steps, *x.shape).flatten(0, 1))
    return y[: len(x)]


def once(bn: nn.Module, x: Tensor) -> TypeGuard[BatchNorm]:
    """Whether one step tells what ``bn`` does to several that are equal."""
    usual = isinstance(bn, BatchNorm) and bn.momentum is not None
    return usual and not watched(bn) and x.numel() > x.shape[1]


def on_one(bn: BatchNorm, x: Tensor, time_steps: int) -> Tensor:
    """``bn`` in training, of one of several equal steps."""
    mean, var = x.new_zeros(2, x.shape[1]).to(bn.running_mean).unbind()
    count = x.numel() // x.shape[1]
    y = F.batch_norm(x, mean, var, bn.weight, bn.bias, True, 1.0, bn.eps)
    track(bn, mean, var * ((count - 1) / count), count * time_steps)
    return y
