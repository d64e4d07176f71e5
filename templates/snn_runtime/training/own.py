"""Losses and metrics of the user's own modules."""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

import torch
from torch import Tensor

from .settings import RunError


@cache
def own(name: str) -> Callable[..., Any]:
    """The function "package.module:function". Raises RunError."""
    module, _, function = name.partition(":")
    try:
        found: Callable[..., Any] = getattr(import_module(module), function)
    except (AttributeError, ImportError) as error:
        raise RunError(f"{name} cannot be imported: {error}.") from error
    return found


def own_loss(name: str) -> Callable[..., Tensor]:
    """The function, which has to return one number. Raises RunError."""

    def loss(*given: Any, **arguments: Any) -> Tensor:
        found = own(name)(*given, **arguments)
        if not isinstance(found, Tensor) or found.dim():
            wanted = "a tensor of one number, the mean over the samples"
            raise RunError(f"{name} returned {described(found)} instead of {wanted}.")
        return found

    return loss


def own_metric(name: str, samples: int) -> Callable[..., Tensor]:
    """The sum over the samples of what the function returns. Raises RunError."""

    def metric(*given: Any, **arguments: Any) -> Tensor:
        found = own(name)(*given, **arguments)
        value = found if isinstance(found, Tensor) else torch.as_tensor(found)
        if value.shape not in {(), (samples,)}:
            wanted = f"a number for each of {samples} samples, or their mean"
            raise RunError(f"{name} returned {described(found)} instead of {wanted}.")
        return value.double().sum() if value.dim() else value.double() * samples

    return metric


def described(found: object) -> str:
    """The value of a function in a few words."""
    if isinstance(found, Tensor):
        return f"a tensor {list(found.shape)}"
    return f"a value of the type {type(found).__name__}"
