"""Which batch normalisations a kernel takes over."""

import math
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn

from ...averages import BatchNorm
from ...watching import ordinary, watched

AXES: dict[type, tuple[int, ...]] = {
    nn.BatchNorm1d: (2, 3),
    nn.BatchNorm2d: (4,),
    nn.BatchNorm3d: (5,),
}


def taken(bn: nn.Module, x: Tensor) -> TypeGuard[BatchNorm]:
    """Whether kernels do to x [B, C, ...] what ``bn`` would: nobody watches, nothing is unusual."""
    if x.dim() not in AXES.get(type(bn), ()) or watched(bn):
        return False
    mean, momentum = bn.running_mean, getattr(bn, "momentum", None)
    enough = x.numel() > x.shape[1] or not bn.training
    if not isinstance(mean, Tensor) or momentum is None or not enough:
        return False
    eps: Any = bn.eps
    if not 0 <= eps < math.inf:
        return False
    numbers = (*bn._parameters.values(), *bn._buffers.values())
    if not all(ordinary(v) for v in numbers if v is not None):
        return False
    mixed = x.dtype.itemsize == 2 and mean.dtype == torch.float32
    return len(mean) == x.shape[1] and (mixed or mean.dtype == x.dtype)
