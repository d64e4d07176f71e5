"""Layers that PyTorch does not have."""

from typing import Any, Generic, TypeVar, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .drawing import Drawing
from .fused import uniform

Block = TypeVar("Block", bound=nn.Module)


class Repeat(nn.Module, Generic[Block]):
    """Blocks one behind the other, by number: ``layer1[0]``."""

    def __init__(self, *blocks: Block) -> None:
        super().__init__()
        for index, block in enumerate(blocks):
            self.add_module(str(index), block)

    def __getitem__(self, index: int) -> Block:
        return cast(Block, self._modules[str(index)])


class Dropout(Drawing):
    """Drops the same elements of a sample at all steps; others are scaled by 1 / (1 - p)."""

    def __init__(self, p: float, key: int) -> None:
        super().__init__()
        self.p, self.key = p, key

    def forward(self, x: Tensor, seed: Tensor, batch_axis: int = 0) -> Tensor:
        """x is [B, ...], or [T, B, ...] with ``batch_axis=1``."""
        if not self.training:
            return x
        kept = uniform(seed, self.key, x.shape[batch_axis:])[0] >= self.p
        return x * kept.to(x) / (1 - self.p)


class ChannelDropout(Drawing):
    """Drops the same channels of a sample at all steps; others are scaled by 1 / (1 - p)."""

    def __init__(self, p: float, key: int) -> None:
        super().__init__()
        self.p, self.key = p, key

    def forward(self, x: Tensor, seed: Tensor, batch_axis: int = 0) -> Tensor:
        """x is [B, C, ...], or [T, B, C, ...] with ``batch_axis=1``."""
        if not self.training:
            return x
        end = batch_axis + 2
        kept = uniform(seed, self.key, x.shape[batch_axis:end])[0] >= self.p
        mask = kept.to(x).view(*kept.shape, *(1 for _ in x.shape[end:]))
        return x * mask / (1 - self.p)


class StepDropout(Drawing):
    """Drops other elements at every step; those kept are scaled by 1 / (1 - p)."""

    def __init__(self, p: float, key: int) -> None:
        super().__init__()
        self.p, self.key = p, key

    def forward(self, x: Tensor, seed: Tensor, first: int = 0) -> Tensor:
        """x is [T, B, ...]: the steps from ``first`` on."""
        if not self.training:
            return x
        kept = uniform(seed, self.key, x.shape[1:], first, len(x)) >= self.p
        return x * kept.to(x) / (1 - self.p)


class StepChannelDropout(Drawing):
    """Drops other channels at every step; those kept are scaled by 1 / (1 - p)."""

    def __init__(self, p: float, key: int) -> None:
        super().__init__()
        self.p, self.key = p, key

    def forward(self, x: Tensor, seed: Tensor, first: int = 0) -> Tensor:
        """x is [T, B, C, ...]: the steps from ``first`` on."""
        if not self.training:
            return x
        kept = uniform(seed, self.key, x.shape[1:3], first, len(x)) >= self.p
        mask = kept.to(x).view(*kept.shape, *(1 for _ in x.shape[3:]))
        return x * mask / (1 - self.p)


def softmax_attention(
    query: Tensor, key: Tensor, value: Tensor, heads: int, scale: float | None = None
) -> Tensor:
    """Attention of q, k and v, [B, C, N] each: weights of each token sum to 1."""
    q, k, v = (
        torch.unflatten(x, 1, (heads, -1)).transpose(2, 3) for x in (query, key, value)
    )
    answer = F.scaled_dot_product_attention(q, k, v, scale=scale)
    return answer.transpose(2, 3).flatten(1, 2)


def linear_attention(
    query: Tensor, key: Tensor, value: Tensor, heads: int, scale: float | None = None
) -> Tensor:
    """Attention without a softmax of q, k and v, [B, C, N] each.

    The product of three matrices is the same in both orders; the cheaper one is taken.
    """
    q, k, v = (torch.unflatten(x, 1, (heads, -1)) for x in (query, key, value))
    (c, n), (d, m) = q.shape[2:], v.shape[2:]
    factor = c**-0.5 if scale is None else scale
    if c * d * (m + n) <= m * n * (c + d):
        answer = (v @ k.transpose(2, 3) * factor) @ q
    else:
        answer = v @ (k.transpose(2, 3) @ q * factor)
    return answer.flatten(1, 2)


class WSConv2d(nn.Conv2d):
    """A convolution whose filters are standardised first (Qiao et al., 2019)."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        eps: float = 1e-5,
        gain: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(in_channels, out_channels, kernel_size, **more)
        self.eps = eps
        start = torch.ones(out_channels, 1, 1, 1)
        self.gain = nn.Parameter(start) if gain else None

    def forward(self, input: Tensor) -> Tensor:
        axes = (1, 2, 3)
        var, mean = torch.var_mean(self.weight, axes, correction=0, keepdim=True)
        weight = (self.weight - mean) * torch.rsqrt(var + self.eps)
        weight = weight if self.gain is None else weight * self.gain
        y: Tensor = self._conv_forward(input, weight, self.bias)
        return y
