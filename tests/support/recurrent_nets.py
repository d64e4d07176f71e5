"""A recurrent neuron of snnTorch by its equations, and networks that read it."""

from typing import Any

import torch
from torch import Tensor, nn

from tests.support.spiking_nets import STEPS, lively
from tests.support.spiking_stand_ins import Leaky, under


@under("snntorch._neurons.rsynaptic")
class RSynaptic(Leaky):
    """A synaptic current that the spikes of the step before charge too."""

    def __init__(self, alpha: float, beta: float, features: int, reset: str) -> None:
        super().__init__(beta, reset)
        self.alpha = nn.Parameter(torch.as_tensor(alpha))
        self.recurrent = nn.Linear(features, features)

    def forward(self, x: Tensor, *states: Tensor) -> Any:  # type: ignore[override]
        spk, syn, mem = states or (torch.zeros_like(x),) * 3
        r = self.spike_grad(mem - self.threshold).detach()
        syn = self.alpha.clamp(0, 1) * syn + x + self.recurrent(spk)
        mem = self.beta.clamp(0, 1) * mem + syn
        mem = mem - r * (self.threshold if self.rule == "subtract" else mem)
        return self.spike_grad(mem - self.threshold), syn, mem


class RecurrentLoop(nn.Module):
    """Its answer is the spikes, or the potentials alone."""

    def __init__(self, reset: str, answer: int) -> None:
        super().__init__()
        self.fc, self.rec = nn.Linear(8, 12), RSynaptic(0.5, 0.75, 12, reset)
        self.answer = answer

    def forward(self, x: Tensor) -> Tensor:
        states: list[Tensor] = []
        found = []
        for _ in range(STEPS):
            states = [*self.rec(self.fc(x), *states)]
            found.append(states[self.answer])
        return torch.stack(found)


def synaptic() -> nn.Module:
    return lively(RecurrentLoop("subtract", 0))


def synaptic_zero() -> nn.Module:
    return lively(RecurrentLoop("zero", 0))


def synaptic_potential() -> nn.Module:
    return lively(RecurrentLoop("subtract", 2))
