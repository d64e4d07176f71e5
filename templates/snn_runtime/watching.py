"""Which modules somebody else has a hand in: those are called, and nothing is read past them."""

import torch
from torch import Tensor, nn
from torch.nn.modules import module as every


def watched(layer: nn.Module) -> bool:
    """Whether somebody else wants to see its call: by a hook, or in place of a method."""
    hooks = (
        layer._forward_hooks,
        layer._forward_pre_hooks,
        layer._backward_hooks,
        layer._backward_pre_hooks,
        every._global_forward_hooks,
        every._global_forward_pre_hooks,
        every._global_backward_hooks,
        every._global_backward_pre_hooks,
    )
    return any(hooks) or not {"forward", "run"}.isdisjoint(vars(layer))


def ordinary(x: Tensor) -> bool:
    """Whether a parameter is a tensor of PyTorch's, and not one that computes in its own way."""
    return torch.compiler.is_compiling() or type(x) in (Tensor, nn.Parameter)
