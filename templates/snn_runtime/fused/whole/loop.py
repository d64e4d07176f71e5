"""Chains over tensors: what C does at once, layer after layer."""

import torch
import torch.nn.functional as F
from torch import Tensor

from ..calls import Call
from ..draws import spikes
from ..kernels import Kernels
from .calls import Passed, Product


def values(call: Passed, base: Kernels) -> list[Tensor]:
    """The input, and what each stage gives."""
    found = [drawn(call) if call.chain.draws else call.x]
    for stage, own in call.parts():
        x = found[-1]
        if isinstance(stage, Product):
            found.append(F.linear(x, *own))
        else:
            found.append(base.forward(neuron(call, base, stage.kernel, x, own), False)[0])
    return found


def drawn(call: Passed) -> Tensor:
    """The spikes, [T, B, N]."""
    seed = torch.tensor(call.key)
    return spikes(call.x, seed, 0, call.first, call.steps, "torch")


def neuron(call: Passed, base: Kernels, name: str, x: Tensor, terms: list[Tensor]) -> Call:
    """The call of the neurons alone."""
    return base.call(name, [x], terms, [], call.steps, x.dim() == 2, "torch")


def gradients(call: Passed, base: Kernels, grad: Tensor) -> list[Tensor]:
    """The gradients of the input, of weights, biases and terms, in their order in the chain."""
    every, found = values(call, base), list[Tensor]()
    g = read_back(call, every[-1], grad)
    for (stage, own), x in zip(reversed([*call.parts()]), reversed(every[:-1])):
        if isinstance(stage, Product):
            rows = g.flatten(0, 1)
            more = [rows.t() @ x.flatten(0, 1), *([rows.sum(0)] if stage.bias else [])]
            g = g @ own[0]
        else:
            g, *more = base.backward(neuron(call, base, stage.kernel, x, own), g, ())
        found = [*more, *found]
    return [g, *found]


def read_back(call: Passed, y: Tensor, grad: Tensor) -> Tensor:
    """The gradient of the last value, out of that of its readout."""
    if call.chain.how == "last":
        zeros = torch.zeros_like(y)
        zeros[-1:] = grad
        return zeros
    return (grad / (len(y) if call.chain.how == "mean" else 1)).expand(y.shape)
