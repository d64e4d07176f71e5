"""Kernels read what lies in a tensor, whatever the strides of its axes of size 1."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.fused.neurons import run_normed, run_pooled
from tests.fused.test_normed import close, made
from tests.support.layouts import canonical, inmost, layouts

Run = Callable[[Any, Tensor], Tensor]
CHANNELS = 2
FORMS: dict[str, tuple[str, Run]] = {
    "alone": ("", lambda net, x: net.cell(x)),
    "static": ("", lambda net, x: net.cell(x[0], time_steps=2)),
    "pooled": ("max_2x2", lambda net, x: run_pooled(net.cell, net.pool, x)),
    "averaged": ("avg_2x2", lambda net, x: run_pooled(net.cell, net.pool, x)),
    "normed": ("", lambda net, x: run_normed(net.cell, net.bn, x)),
    "normed and pooled": ("max_2x2", lambda net, x: run_normed(net.cell, net.bn, x, pool=net.pool)),
    "normed once": ("", lambda net, x: run_normed(net.cell, net.bn, x[0], time_steps=2)),
}
SIZES = ((2, 1, 9, 5, 7), (1, 1, 9, 5, 7), (2, 3, 9, 3, 1), (2, 3, 9, 1, 3), (1, 3, 9, 1, 1))


def answers(run: Run, net: Any, x: Tensor, g: Tensor) -> list[Tensor]:
    """The output, and the gradients of the input and of all parameters."""
    net, x = deepcopy(net), x.detach().requires_grad_()
    y = run(net, x)
    return [y.detach(), *torch.autograd.grad(y, [x, *net.parameters()], g, materialize_grads=True)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("backend", ["c", "torch"])
@pytest.mark.parametrize("form", FORMS)
def test_strides_change_nothing(
    monkeypatch: pytest.MonkeyPatch, form: str, backend: str, size: tuple[int, ...]
) -> None:
    monkeypatch.setenv("SNNC_BACKEND", backend)
    window, run = FORMS[form]
    net = made(window=window)
    x = torch.rand(size, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    if window and min(size[3:]) < 2:
        x = x.repeat(1, 1, 1, 2, 2)
    g = torch.rand_like(canonical(run(deepcopy(net), x).detach()))
    want = answers(run, net, x, g)
    for odd in layouts(x, CHANNELS):
        close(answers(run, net, odd, g), want)
        close(answers(run, net, odd, inmost(g, CHANNELS)), want)
    for odd in layouts(g, CHANNELS):
        close(answers(run, net, x, odd), want)
        close(answers(run, net, inmost(x, CHANNELS), odd), want)
