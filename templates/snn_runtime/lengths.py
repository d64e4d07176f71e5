"""Sequences of unequal length: what is read over their real steps, before the padding."""

import torch
from torch import Tensor


def check_lengths(
    lengths: Tensor | None, samples: int, state: dict[str, Tensor] | None
) -> None:
    """Raises ValueError for lengths that do not fit the samples of one whole call."""
    if lengths is None:
        return
    if state is not None:
        raise ValueError("lengths need every step in one call: leave `state` out")
    if lengths.shape != (samples,) or lengths.is_floating_point():
        found = f"{lengths.dtype} {list(lengths.shape)}"
        raise ValueError(f"lengths must be integers [{samples}], not {found}")


def real_steps(x: Tensor, lengths: Tensor) -> Tensor:
    """Whether each step of x [T, B, ...] is one of its sample: [T, B]."""
    steps = torch.arange(len(x), device=x.device)
    return steps[:, None] < lengths.to(x.device)


def masked_readout(x: Tensor, lengths: Tensor | None, kind: str) -> Tensor:
    """The readout of x [T, B, ...] over the first `lengths` [B] steps; None: all."""
    if lengths is None:
        return whole_readout(x, kind)
    lengths = lengths.to(x.device)
    if kind == "last":
        return x[lengths - 1, torch.arange(x.shape[1], device=x.device)]
    ones = (1,) * (x.dim() - 2)
    real = real_steps(x, lengths).view(*x.shape[:2], *ones)
    if kind == "max":
        return x.masked_fill(~real, -torch.inf).amax(0)
    total = x.masked_fill(~real, 0).sum(0)
    return total / lengths.to(x.dtype).view(-1, *ones) if kind == "mean" else total


def whole_readout(x: Tensor, kind: str) -> Tensor:
    """The readout of every step."""
    if kind == "last":
        return x[-1]
    if kind == "max":
        return x.amax(0)
    return x.mean(0) if kind == "mean" else x.sum(0)
