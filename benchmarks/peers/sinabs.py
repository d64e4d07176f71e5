"""Sinabs: layer by layer with the batch in front, the stem hoisted by hand."""

import math
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.peers.layers import Layer
from benchmarks.peers.peer import Peer
from benchmarks.peers.styles import BatchFirst, Neurons, SameMask, Style


class Kept(nn.Module):
    """A layer of neurons, which is told by ``reset`` that a batch is over."""

    def __init__(self, neuron: Any) -> None:
        super().__init__()
        self.neuron = neuron

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.neuron(x)
        return y.double() if x.dtype == torch.float64 else y  # spikes are float32

    def reset(self) -> None:
        if self.neuron.is_state_initialised():
            self.neuron.reset_states()


class Fed(Kept):
    """Neurons that read their last output: the product of the input is taken at once."""

    def __init__(self, product: nn.Linear, neuron: Any) -> None:
        super().__init__(neuron)
        self.product = product

    def forward(self, x: Tensor) -> Tensor:
        weight = self.product.weight[:, : self.product.out_features]
        return super().forward(nn.functional.linear(x, weight, self.product.bias))


class Back(nn.Module):
    """The product of the last output, with the right half of a weight."""

    def __init__(self, product: nn.Linear) -> None:
        super().__init__()
        self.product = product

    def forward(self, y: Tensor) -> Tensor:
        weight = self.product.weight[:, self.product.out_features :]
        return nn.functional.linear(y.to(weight.dtype), weight)


def slope(v: Tensor, threshold: Tensor) -> Tensor:
    """The derivative of ATan with alpha = 2, which Sinabs takes as any callable."""
    return 1 / (1 + (math.pi * (v - threshold)) ** 2)


def neurons() -> Neurons:
    """By kind, what Sinabs has."""
    from sinabs.activation import MembraneReset, MembraneSubtract, SingleSpike
    from sinabs.layers import IAF, LIF, IAFRecurrent

    common = {"spike_fn": SingleSpike, "surrogate_grad_fn": slope}
    hard = {**common, "reset_fn": MembraneReset()}

    def recurrent(part: Layer) -> nn.Module:
        product: Any = part.module
        return Fed(product, IAFRecurrent(Back(product), **hard))

    def dropout(part: Layer) -> nn.Module:
        module: Any = part.module
        return SameMask(module.p, batch_first=True)

    return {
        "IF": lambda _: Kept(IAF(**hard)),
        "SoftIF": lambda _: Kept(IAF(**common, reset_fn=MembraneSubtract())),
        "LIF": lambda _: Kept(LIF(tau_mem=1 / math.log(2), norm_input=True, **hard)),
        "RecurrentIF": recurrent,
        "Dropout": dropout,
    }


PEER = Peer(
    "Sinabs",
    "sinabs",
    "sinabs.layers",
    (Style("multi-step, stem hoisted", BatchFirst, neurons, hoisted=True),),
    gradient="its reset is detached",
)
