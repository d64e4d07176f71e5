"""Checks of what a network is given; each raises ValueError."""

import torch
from torch import Tensor


def check_input(
    name: str, x: Tensor, shape: tuple[int, ...], timed: bool = False
) -> None:
    """Raises ValueError if x is not [B, *shape] or, timed, [T, B, *shape]."""
    if x.shape[2 if timed else 1 :] != shape:
        wanted = ", ".join(["T, B" if timed else "B", *map(str, shape)])
        raise ValueError(f"{name} must be [{wanted}], not {[*x.shape]}")


def in_range(encoder: str, x: Tensor, low: float, high: float) -> None:
    """Raises ValueError if a value of x is not in [low, high].

    Compiled code cannot look at values: there nothing is checked.
    """
    if torch.compiler.is_compiling() or not x.numel():
        return
    least, most = map(float, torch.aminmax(x.detach()))
    if not (low <= least and most <= high):
        wanted, got = f"{low:g} to {high:g}", f"{least:g} to {most:g}"
        raise ValueError(f"{encoder}: expected values from {wanted}, got {got}")
