"""The floor: only products, over all steps at once, and the fused optimizer.

Neurons, normalisation, pooling, encoders and losses are free here. Products read what they read in
the network, so spikes are as many as there; the gradient that comes back to them is noise.
"""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.peers.layers import products
from benchmarks.peers.settings import Settings
from benchmarks.peers.workloads import Problem


class Floor:
    """Convolutions and matrix products of a network, one by one."""

    note = "products and optimizer only"

    def __init__(self, problem: Problem, settings: Settings) -> None:
        self.modules = copy.deepcopy(products(problem.parts))
        self.settings = settings
        kind = torch.bfloat16 if settings.dtype == "bf16" else torch.float32
        self.inputs = {name: x.to(kind) for name, x in read(problem).items()}
        with torch.no_grad(), settings.autocast:
            self.noise = [torch.randn_like(y) * 1e-6 for y in self.outputs()]
        for name in list(self.inputs)[1:]:  # nobody asks for the gradient of the data
            self.inputs[name].requires_grad_(problem.workload.trains)
        weights = [p for module in self.modules.values() for p in module.parameters()]
        if problem.workload.trains:
            self.optimizer = fused(problem, weights)

    def outputs(self) -> list[Tensor]:
        """All products, as one after the other would be."""
        return [module(self.inputs[name]) for name, module in self.modules.items()]

    def train(self) -> None:
        """All products, their two gradients, and a step of the optimizer."""
        with self.settings.autocast:
            outputs = self.outputs()
        torch.autograd.backward(outputs, self.noise)
        self.optimizer.step()
        self.optimizer.zero_grad()
        for x in self.inputs.values():
            x.grad = None

    @torch.no_grad()
    def infer(self) -> None:
        """All products."""
        with self.settings.autocast:
            self.outputs()


@torch.no_grad()
def read(problem: Problem) -> dict[str, Tensor]:
    """What each product reads, [T*B, ...], or [B, ...] before time."""
    net: Any = problem.net
    values = net.eval().values(problem.x)
    before, found = "input", {}
    modules = products(problem.parts)
    for part in problem.parts:
        if part.name in modules:
            x = values[problem.workload.reads.get(part.name, before)]
            found[part.name] = laid(x, modules[part.name])
        before = part.name
    return found


def laid(x: Tensor, product: nn.Module) -> Tensor:
    """Steps and samples as one axis; channels last for convolutions."""
    if isinstance(product, nn.Linear):
        return x.flatten(0, -2).clone()
    return x.reshape(-1, *x.shape[-3:]).contiguous(memory_format=torch.channels_last).clone()


def fused(problem: Problem, weights: list[nn.Parameter]) -> torch.optim.Optimizer:
    """The package's optimizer, with all weights updated by one kernel."""
    table = {**problem.train.SPEC.optimizer, "fused": True}
    made: torch.optim.Optimizer
    made = problem.train.training.optimizers.make_optimizer(weights, table)
    return made
