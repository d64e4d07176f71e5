"""snnTorch: a loop over steps, the stem hoisted by hand."""

from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.peers.layers import Layer
from benchmarks.peers.peer import Peer
from benchmarks.peers.styles import Fed, Looped, Neurons, SameMask, Style


class Kept(nn.Module):
    """A neuron together with its potential; ``gain`` scales what it reads."""

    def __init__(self, neuron: nn.Module, gain: float = 1.0) -> None:
        super().__init__()
        self.neuron, self.gain = neuron, gain
        self.mem: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        x = x if self.gain == 1.0 else x * self.gain
        spikes: Tensor
        mem = torch.zeros_like(x) if self.mem is None else self.mem
        spikes, self.mem = self.neuron(x, mem)
        return spikes.double() if x.dtype == torch.float64 else spikes  # they are float32

    def reset(self) -> None:
        self.mem = None


def neurons() -> Neurons:
    """By kind, what snnTorch has."""
    import snntorch

    def leaky(beta: float, reset: str, gain: float = 1.0) -> nn.Module:
        spike = snntorch.surrogate.atan(alpha=2.0)
        # It resets at the start of the next step, which comes to the same.
        return Kept(snntorch.Leaky(beta, spike_grad=spike, reset_mechanism=reset), gain)

    def recurrent(part: Layer) -> nn.Module:
        product: Any = part.module
        return Fed(product, leaky(1.0, "zero"), product.out_features)

    def dropout(part: Layer) -> nn.Module:
        module: Any = part.module
        return SameMask(module.p)

    return {
        "IF": lambda _: leaky(1.0, "zero"),
        "SoftIF": lambda _: leaky(1.0, "subtract"),
        # It has no factor 1/tau before the input.
        "LIF": lambda _: leaky(0.5, "zero", 0.5),
        "RecurrentIF": recurrent,
        "Dropout": dropout,
    }


PEER = Peer(
    "snnTorch",
    "snntorch",
    "snntorch",
    (Style("loop, stem hoisted", Looped, neurons, hoisted=True),),
    gradient="its reset is detached",
)
