"""Batch normalisation over time: of static inputs, of each step, with parameters per step."""

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from .averages import moved, on_one, remembers, track, usual
from .layouts import settled


def batch_norm(bn: nn.Module, x: Tensor) -> Tensor:
    """``bn`` of x [B, C, ...], with strides and gradients that PyTorch cannot misread.

    Where an axis has size 1, a tensor may look contiguous and channels-last at once. PyTorch
    on the CPU then takes x for one and its gradient for the other: its backward is wrong.
    """
    y: Tensor
    if 1 not in x.shape:
        y = bn(x)
        return y
    y = bn(settled(x))
    return settled(y)


def batch_norm_once(bn: nn.Module, x: Tensor, time_steps: int) -> Tensor:
    """``bn`` of an input that is the same at all steps, computed on one of them.

    In training the running statistics get the one update that all T*B samples make: with n
    values a channel in one step, the unbiased variance has nT - 1 below, not n - 1.
    """
    if not remembers(bn):
        return batch_norm(bn, x)
    if not usual(bn) or x.numel() == x.shape[1]:  # then a variance over the steps alone
        every = x.expand(time_steps, *x.shape).flatten(0, 1)
        return batch_norm(bn, every)[: len(x)]
    y, mean, var = on_one(bn, x)
    count = x.numel() // x.shape[1]
    track(bn, mean, var * ((count - 1) / count), count * time_steps)
    return y


def batch_norm_once_per_step(bn: nn.Module, x: Tensor, time_steps: int) -> Tensor:
    """``bn`` of an input that is the same at all steps, computed on one of them.

    In training the running statistics become what T equal updates make them.
    """
    if not remembers(bn):
        return batch_norm(bn, x)
    if not usual(bn):
        for _ in range(time_steps - 1):
            batch_norm(bn, x)
        return batch_norm(bn, x)
    y, mean, var = on_one(bn, x)
    momentum = 1 - (1 - (bn.momentum or 0.0)) ** time_steps
    moved(bn, mean, var, momentum, time_steps)
    return y


def batch_norm_per_step(bn: nn.Module, x: Tensor) -> Tensor:
    """``bn`` of each step of x [T, B, ...] on its own: T statistics, T running updates."""
    return torch.stack([batch_norm(bn, x_t) for x_t in x])


class ScaledNorm(_BatchNorm):
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
        y = settled(super().forward(settled(input.flatten(0, 1))))
        scale = self.scale[first : first + len(input)]
        scale = scale.view(-1, *(1 for _ in input.shape[1:]))
        return torch.unflatten(y, 0, input.shape[:2]) * scale


class TEBN1d(ScaledNorm, nn.BatchNorm1d):
    """The same of [T, B, C] or [T, B, C, L]."""


class TEBN2d(ScaledNorm, nn.BatchNorm2d):
    """The same of [T, B, C, H, W]."""


class NormPerStep(nn.ModuleList):
    """A batch normalisation of its own for every step; at step t it is ``self[t]``."""

    def __init__(
        self,
        kind: type[_BatchNorm],
        num_features: int,
        time_steps: int,
        eps: float,
        momentum: float,
        affine: bool,
        bias: bool,
    ) -> None:
        each = (num_features, eps, momentum, affine)
        super().__init__(kind(*each) for _ in range(time_steps))
        for bn in self if not bias else ():
            bn.register_parameter("bias", None)

    def forward(self, input: Tensor, first: int = 0) -> Tensor:
        """The input is [T, B, ...]: the steps from ``first`` on."""
        return torch.stack(
            [batch_norm(self[first + t], x) for t, x in enumerate(input)]
        )


class BNTT1d(NormPerStep):
    """The same of [T, B, C] or [T, B, C, L]."""

    def __init__(
        self,
        num_features: int,
        time_steps: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        bias: bool = False,
    ) -> None:
        each = (num_features, time_steps, eps, momentum, affine, bias)
        super().__init__(nn.BatchNorm1d, *each)


class BNTT2d(NormPerStep):
    """The same of [T, B, C, H, W]."""

    def __init__(
        self,
        num_features: int,
        time_steps: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        bias: bool = False,
    ) -> None:
        each = (num_features, time_steps, eps, momentum, affine, bias)
        super().__init__(nn.BatchNorm2d, *each)
