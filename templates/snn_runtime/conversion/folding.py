"""Batch normalisations into the weights before or behind them, in float64.

Behind W x + b: W γ/√(σ² + ε) and (b − μ) γ/√(σ² + ε) + β. Before: W takes the scale of each
of its inputs, and b the sum of W times what they are shifted by.
"""

import copy
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor, nn

Net = TypeVar("Net", bound=nn.Module)


class Fold(NamedTuple):
    """A normalisation, and the weights that it goes into.

    `before`: it stands before them; then each of its channels is `spread` of their inputs.
    """

    norm: str
    into: str
    before: bool = False
    spread: int = 1


@torch.no_grad()
def folded(net: Net, folds: Sequence[Fold]) -> Net:
    """A copy in eval mode that computes the same without these normalisations."""
    net = copy.deepcopy(net).eval()
    for fold in folds:
        scale, shift = affine(net.get_submodule(fold.norm))
        layer = net.get_submodule(fold.into)
        old, bias = layer.weight, layer.bias
        assert isinstance(old, Tensor)
        weight = old.double()
        added = scale.new_zeros(len(weight))
        added = bias.double() if isinstance(bias, Tensor) else added
        if fold.before:
            groups = getattr(layer, "groups", 1)
            added = added + (
                weight * inputs(shift, weight, fold.spread, groups)
            ).flatten(1).sum(1)
            weight = weight * inputs(scale, weight, fold.spread, groups)
        else:
            added = added * scale + shift
            weight = weight * scale.view(-1, *[1] * (weight.dim() - 1))
        layer.weight = nn.Parameter(weight.to(old.dtype))
        layer.bias = nn.Parameter(added.to(old.dtype))
        net.set_submodule(fold.norm, nn.Identity())
    return net


def affine(norm: nn.Module) -> tuple[Tensor, Tensor]:
    """What a normalisation multiplies each channel by, and what it adds."""
    mean, variance = norm.running_mean, norm.running_var
    assert isinstance(mean, Tensor)
    assert isinstance(variance, Tensor)
    scale = (variance.double() + getattr(norm, "eps", 1e-5)).rsqrt()
    if isinstance(norm.weight, Tensor):
        scale = scale * norm.weight.double()
    shift = -mean.double() * scale
    return scale, shift + norm.bias.double() if isinstance(norm.bias, Tensor) else shift


def inputs(channels: Tensor, weight: Tensor, spread: int, groups: int) -> Tensor:
    """A number a channel as one for each input of each row of the weights."""
    each = channels.repeat_interleave(spread).view(groups, -1)
    rows = each.repeat_interleave(len(weight) // groups, 0)
    return rows.view(*rows.shape, *[1] * (weight.dim() - 2))
