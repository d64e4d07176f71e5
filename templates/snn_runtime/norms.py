"""Batch normalisation over time: of static inputs, of each step, with parameters per step."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def batch_norm_once(
    bn: nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d, x: Tensor, time_steps: int
) -> Tensor:
    """``bn`` of an input that is the same at all steps, computed on one of them.

    In training the running statistics get the one update that all T*B samples make: with n
    values a channel in one step, the unbiased variance has nT - 1 below, not n - 1.
    """
    y: Tensor
    n = x.numel() // x.shape[1]
    if not bn.training or bn.running_mean is None or bn.running_var is None:
        y = bn(x)
        return y
    if n == 1:  # a variance over the steps alone
        y = bn(x.expand(time_steps, *x.shape).flatten(0, 1))
        return y[: len(x)]
    mean, var = torch.zeros_like(bn.running_mean), torch.zeros_like(bn.running_var)
    y = F.batch_norm(x, mean, var, bn.weight, bn.bias, True, 1.0, bn.eps)
    var = var * ((n - 1) * time_steps / (n * time_steps - 1))
    bn.running_mean.lerp_(mean, bn.momentum or 0.0)
    bn.running_var.lerp_(var, bn.momentum or 0.0)
    if bn.num_batches_tracked is not None:
        bn.num_batches_tracked += 1
    return y


def batch_norm_once_per_step(
    bn: nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d, x: Tensor, time_steps: int
) -> Tensor:
    """``bn`` of an input that is the same at all steps, computed on one of them.

    In training the running statistics become what T equal updates make them.
    """
    y: Tensor
    if not bn.training or bn.running_mean is None or bn.running_var is None:
        y = bn(x)
        return y
    mean, var = torch.zeros_like(bn.running_mean), torch.zeros_like(bn.running_var)
    y = F.batch_norm(x, mean, var, bn.weight, bn.bias, True, 1.0, bn.eps)
    momentum = 1 - (1 - (bn.momentum or 0.0)) ** time_steps
    bn.running_mean.lerp_(mean, momentum)
    bn.running_var.lerp_(var, momentum)
    if bn.num_batches_tracked is not None:
        bn.num_batches_tracked += time_steps
    return y


def batch_norm_per_step(
    bn: nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d, x: Tensor
) -> Tensor:
    """``bn`` of each step of x [T, B, ...] on its own: T statistics, T running updates."""
    return torch.stack([bn(x_t) for x_t in x])


class TEBN1d(nn.BatchNorm1d):
    """Batch normalisation of all T*B samples, then a learned factor for each step."""

    def __init__(
        self,
        num_features: int,
        time_steps: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine)
        self.scale = nn.Parameter(torch.ones(time_steps))

    def forward(self, input: Tensor, first: int = 0) -> Tensor:
        """The input is [T, B, ...]: the steps from ``first`` on."""
        y = super().forward(input.flatten(0, 1))
        scale = self.scale[first : first + len(input)]
        scale = scale.view(-1, *(1 for _ in input.shape[1:]))
        return torch.unflatten(y, 0, input.shape[:2]) * scale


class TEBN2d(nn.BatchNorm2d):
    """Batch normalisation of all T*B samples, then a learned factor for each step."""

    def __init__(
        self,
        num_features: int,
        time_steps: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine)
        self.scale = nn.Parameter(torch.ones(time_steps))

    def forward(self, input: Tensor, first: int = 0) -> Tensor:
        """The input is [T, B, ...]: the steps from ``first`` on."""
        y = super().forward(input.flatten(0, 1))
        scale = self.scale[first : first + len(input)]
        scale = scale.view(-1, *(1 for _ in input.shape[1:]))
        return torch.unflatten(y, 0, input.shape[:2]) * scale


class BNTT1d(nn.ModuleList):
    """A batch normalisation of its own for every step; at step t it is ``self[t]``."""

    def __init__(
        self,
        num_features: int,
        time_steps: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        bias: bool = False,
    ) -> None:
        each = (num_features, eps, momentum, affine)
        super().__init__(nn.BatchNorm1d(*each) for _ in range(time_steps))
        for bn in self if not bias else ():
            bn.register_parameter("bias", None)

    def forward(self, input: Tensor, first: int = 0) -> Tensor:
        """The input is [T, B, ...]: the steps from ``first`` on."""
        return torch.stack([self[first + t](x) for t, x in enumerate(input)])


class BNTT2d(nn.ModuleList):
    """A batch normalisation of its own for every step; at step t it is ``self[t]``."""

    def __init__(
        self,
        num_features: int,
        time_steps: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        bias: bool = False,
    ) -> None:
        each = (num_features, eps, momentum, affine)
        super().__init__(nn.BatchNorm2d(*each) for _ in range(time_steps))
        for bn in self if not bias else ():
            bn.register_parameter("bias", None)

    def forward(self, input: Tensor, first: int = 0) -> Tensor:
        """The input is [T, B, ...]: the steps from ``first`` on."""
        return torch.stack([self[first + t](x) for t, x in enumerate(input)])
