"""Neurons alone, as generated code has them, and calls of them both ways."""

import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor

from snnc import network
from tests.support.nets import document

SHAPE = (3, 4, 5)
OWN = '''
[neurons.Twin]
inputs = ["x", "y"]
state = { v = 0.0, a = 0.1 }
step = """
h = v + (x + g * y - v) / tau
s = spike(h - (v_threshold + 0.3 * a))
v = reset(h, s)
a = a + (s - a) / 4.0
"""
output = "s"
[neurons.Twin.parameters]
tau = { value = 2.0, learnable = true, range = [1.0, inf] }
g = { uniform = [0.2, 0.8], per = "neuron", learnable = true }
v_threshold = { value = 0.5, learnable = true, per = "channel" }

[neurons.Smooth]
inputs = ["x", "y"]
state = { v = 0.0, i = 0.0 }
step = """
i = i + (tanh(x) * g - i) / tau
v = v + sigmoid(y + i) * x - 0.5 * v
"""
output = "v"
[neurons.Smooth.parameters]
tau = { value = 2.0, learnable = true, range = [1.0, inf] }
g = { uniform = [0.2, 0.8], per = "neuron", learnable = true }
'''
KINDS = {
    "plain": 'kind = "IF"',
    "leaky": 'kind = "LIF", tau = 1.5, v_threshold = 0.4, reset = "soft"',
    "scalar": 'kind = "LIF", v_threshold = 0.4, tau = { value = 2.0, learnable = true }',
    "channel": 'kind = "LIF", v_threshold = 0.4, '
    'tau = { uniform = [1.5, 4.0], per = "channel", learnable = true }',
    "neuron": 'kind = "IF", v_threshold = { uniform = [0.3, 0.9], per = "neuron", '
    'learnable = true }, initial = { v = { uniform = [0.0, 0.5], per = "channel", '
    "learnable = true } }",
    "start": 'kind = "IF", v_threshold = 0.6, initial = { v = { value = 0.25, learnable = true } }',
    "twin": 'kind = "Twin"',
    "smooth": 'kind = "Smooth"',
}


@cache
def _class(kind: str, shape: tuple[int, ...]) -> Any:
    own = kind in ("twin", "smooth")
    names = ("left", "right")[: 1 + own]
    text = "".join(f'[inputs.{n}]\nshape = {list(shape)}\nencoder = "none"\n' for n in names)
    source = f"from = [{', '.join(map(repr, names))}]"
    text += f'[network]\nlayers = [{{ {KINDS[kind]}, name = "cell", {source} }}]\n'
    with TemporaryDirectory() as folder:
        doc = document(Path(folder), text + OWN * own)
        return network(doc)


def neuron(kind: str, shape: tuple[int, ...] = SHAPE, dtype: torch.dtype = torch.float32) -> Any:
    """A neuron of one of KINDS for samples of that shape; its numbers are always the same."""
    torch.manual_seed(1)
    net: Any = _class(kind, shape)().to(dtype)
    return net.cell


def part(module: Any, name: str) -> ModuleType:
    """A module of the run time of a neuron's package: ``part(cell, "cpu")``."""
    package = type(module).__mro__[1].__module__.rpartition(".fused")[0]
    return sys.modules[f"{package}.fused.{name}"]


def run_pooled(cell: Any, *args: Any, **how: Any) -> Tensor:
    """The function of that name of the neuron's package."""
    y: Tensor = part(cell, "joined").run_pooled(cell, *args, **how)
    return y


def run_normed(cell: Any, *args: Any, **how: Any) -> Tensor:
    """The function of that name of the neuron's package."""
    y: Tensor = part(cell, "joined").run_normed(cell, *args, **how)
    return y


def data(
    cell: Any,
    *lead: int,
    shape: tuple[int, ...] = SHAPE,
    dtype: torch.dtype = torch.float32,
    seed: int = 2,
) -> list[Tensor]:
    """Random inputs under which it fires now and then."""
    random = torch.Generator().manual_seed(seed)
    count = cell.kernels.specs[cell.kernel].inputs
    draws = (torch.rand(*lead, *shape, generator=random) for _ in range(count))
    return [draw.to(dtype).requires_grad_() for draw in draws]


def both_ways(cell: Any, inputs: Sequence[Tensor], time_steps: int | None = None) -> list[Tensor]:
    """The output of a call, then the gradients of inputs and parameters."""
    output = cell(*inputs, time_steps=time_steps)
    random = torch.Generator().manual_seed(3)
    weights = torch.randn(output.shape, generator=random).to(output.dtype)
    wrt = [*(x for x in inputs if x.requires_grad), *cell.parameters()]
    return [output, *torch.autograd.grad(output, wrt, weights)]


def by_loop(
    monkeypatch: pytest.MonkeyPatch,
    cell: Any,
    inputs: Sequence[Tensor],
    time_steps: int | None = None,
) -> list[Tensor]:
    """The same by the loop over tensors."""
    with monkeypatch.context() as patch:
        patch.setenv("SNNC_BACKEND", "torch")
        return both_ways(cell, inputs, time_steps)


def same(got: Sequence[Tensor], want: Sequence[Tensor], exact: bool = True) -> None:
    """Equal values and types; bit for bit, or to a few units in the last place."""
    assert len(got) == len(want)
    for a, b in zip(got, want, strict=True):
        limit = 0.0 if exact else None
        torch.testing.assert_close(a, b, rtol=limit, atol=limit, equal_nan=True)
