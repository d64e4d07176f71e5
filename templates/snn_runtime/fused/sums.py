"""Sums of gradients, to the same bits whatever the number of threads."""

import torch
from torch import Tensor

BLOCK = 1024


def summed(grad: Tensor, like: Tensor) -> Tensor:
    """``grad``, one an element, summed over the axes that ``like`` lacks."""
    total = in_blocks(grad) if like.numel() == 1 else grad.sum_to_size(like.shape)
    return torch.empty_like(like).copy_(total.view(like.shape))


def in_blocks(x: Tensor) -> Tensor:
    """The sum of all: PyTorch's own would be split among as many threads as there are.

    They are added as they lie in memory, so that no layout has to be copied.
    """
    x = x.permute(sorted(range(x.dim()), key=x.stride, reverse=True)).flatten()
    while x.numel() > BLOCK:
        whole = x.numel() // BLOCK * BLOCK
        rows, rest = x[:whole].view(-1, BLOCK), x[whole:]
        x = torch.cat([rows.sum(1), rest.sum(0, keepdim=True)])
    return x.sum()
