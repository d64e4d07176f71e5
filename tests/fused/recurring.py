"""Recurrent neurons alone, what they are called with, and the loop that they replace."""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from snnc.neuron import Neuron
from snnc.neurons.alif import ALIF
from snnc.neurons.if_ import IF
from snnc.neurons.integrator import Integrator
from snnc.neurons.lif import LIF
from snnc.neurons.plif import PLIF
from snnc.number import Value
from tests.fused.alone import cell, files, own

DOUBLE = torch.float64
SMOOTH = own("Smooth", "h = v * 0.5 + tanh(x)\nv = h - 0.2 * x\ny = h * h", "y", state="v = 0.1")
NEURONS: dict[str, Neuron] = {
    "IF": IF(v_threshold=0.5),
    "LIF": LIF(tau=2.0, v_threshold=0.5),
    "soft": LIF(tau=2.0, v_threshold=0.5, reset="soft", detach_reset=True),
    "ALIF": ALIF(v_threshold=0.5, tau_a=4.0, beta=0.3),
    "PLIF": PLIF(v_threshold=0.5),
    "channel": IF(
        v_threshold=Value(uniform=(0.3, 0.8), per="channel", learnable=True),
        initial={"v": Value(value=0.25, learnable=True)},
    ),
    "Smooth": SMOOTH,
    "Integrator": Integrator(),
}


def made(name: str, width: int, dtype: torch.dtype = DOUBLE) -> Any:
    """A recurrent neuron of one of NEURONS."""
    shape = ((width,),) if name == "channel" else ()
    return cell(files(NEURONS[name], recurrent=True), *shape, dtype=dtype)


def operands(
    steps: int, batch: int, width: int, dtype: torch.dtype = DOUBLE, states: int = 1
) -> list[Tensor]:
    """x, W, the last output, and first states."""
    random = torch.Generator().manual_seed(steps + 10 * batch + 100 * width)
    real = torch.promote_types(dtype, torch.float32)

    def draw(*shape: int) -> Tensor:
        return torch.randn(shape, generator=random, dtype=DOUBLE)

    x = (draw(steps, batch, width) + 0.5).to(dtype)
    weight = (draw(width, width) / width**0.5).to(real)
    last = (draw(batch, width) > 0.5).to(real)
    starts = [(draw(batch, width) * 0.3).to(real) for _ in range(states)]
    return [t.requires_grad_() for t in (x, weight, last, *starts)]


def by_steps(c: Any, x: Tensor, weight: Tensor, last: Any, states: Sequence[Any]) -> list[Tensor]:
    """Products of PyTorch's and steps of the neuron, under autograd."""
    y, outputs = last, []
    for now in x:
        y, *states = c.step([now + F.linear(y, weight)], states)
        outputs.append(y)
    return [torch.stack(outputs), *states]


def trained(c: Any, results: Sequence[Tensor], wrt: Sequence[Tensor]) -> list[Tensor]:
    """The results and every gradient."""
    random = torch.Generator().manual_seed(5)
    grads = [torch.randn(r.shape, generator=random, dtype=DOUBLE).to(r.dtype) for r in results]
    found = torch.autograd.grad(results, [*wrt, *c.parameters()], grads, materialize_grads=True)
    return [*results, *found]


def count(c: Any) -> int:
    return len(c.kernels.specs["cell"].start)
