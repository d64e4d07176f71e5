"""Numbers that are none: where training meets NaN or an infinity first.

On a GPU nobody looks at them at once: the trouble is a number, which is read later.
"""

import torch
from torch import Tensor, nn

from .batches import SOME, Batch, finite

DATA = 2**32  # above it, a number says what is broken; below, in which batch
GRADIENTS = SOME + 1  # from it on, what is broken is the gradient of a parameter

Trouble = int | Tensor  # 0 for none


def in_data(index: int, batch: Batch) -> Trouble:
    """What is wrong with the data of batch `index` as one number, for all processes."""
    return numbered(batch.broken, index)


def in_loss(index: int, loss: Tensor) -> Trouble:
    """The same of a loss."""
    if loss.is_cuda:
        return torch.where(finite(loss.detach()), 0, index + 1)
    return 0 if is_finite(loss) else index + 1


def in_gradients(index: int, net: nn.Module) -> Tensor:
    """The same of gradients on a GPU: the parameter nearest to the loss counts."""
    every = [*learned(net).values()]
    here = [parameter.grad for parameter in every if parameter.grad is not None]
    norms, none = iter(torch._foreach_norm(here, torch.inf)), here[0].new_zeros(())
    found = torch.stack([none if p.grad is None else next(norms) for p in every])
    right = found <= torch.finfo(found.dtype).max
    code = torch.arange(GRADIENTS, GRADIENTS + len(every), device=found.device)
    return torch.where(right, 0, code * DATA + index + 1).amax()


def learned(net: nn.Module) -> dict[str, nn.Parameter]:
    """The parameters that may have a gradient."""
    every = net.named_parameters()
    return {name: p for name, p in every if p.requires_grad and p.numel()}


def numbered(what: Trouble, index: int) -> Trouble:
    """What is broken, and in which batch."""
    if isinstance(what, Tensor):
        return torch.where(what > 0, what * DATA + index + 1, 0)
    return what and what * DATA + index + 1


def first(before: Trouble, now: Trouble) -> Trouble:
    """The trouble that came first."""
    if isinstance(before, Tensor):
        return torch.where(before > 0, before, now)
    return before or now


def worse(one: Trouble, other: Trouble) -> Trouble:
    """Trouble with data, if one of two is, since it explains the other."""
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return torch.maximum(one, other)
    if isinstance(one, Tensor):
        return one.clamp(min=other)
    return other.clamp(min=one) if isinstance(other, Tensor) else max(one, other)


def said(number: int, split: str, net: nn.Module) -> str:
    """The trouble in words: ``batch 3: the loss is NaN or infinite``."""
    what, batch = divmod(number, DATA)
    if what >= GRADIENTS:
        name = [*learned(net)][what - GRADIENTS]
        return f"batch {batch}: the gradient of {name} is NaN or infinite"
    if not what:
        return f"batch {batch}: the loss is NaN or infinite"
    sample = "a sample" if what == SOME else f"sample {what - 1}"
    return f"batch {batch}: {sample} of the {split} data holds NaN or infinite numbers"


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
