"""Firing rates: spikes per time step."""

import functools
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from ..measures import rate

Run = Callable[..., tuple[Tensor, ...]]


# How a neuron runs, all steps at once or one by one; the second one, which only
# recurrent neurons have, may call the first for each of its steps.
RUNS = ("run", "run_recurrent")


def mean_rate(neuron: nn.Module, output: Tensor) -> float:
    """The mean firing rate of a layer whose outputs are [T, ...]."""
    return float(rate(neuron, output.float()).mean())


class Recorder:
    """Keeps what some neurons fire while the network runs, with its gradient."""

    def __init__(self, net: nn.Module, names: Iterable[str]) -> None:
        self.spikes: dict[str, list[Tensor]] = {name: [] for name in names}
        self.neurons = {name: net.get_submodule(name) for name in self.spikes}
        self.running: set[str] = set()
        for name, neuron in self.neurons.items():
            for method in RUNS:
                if hasattr(neuron, method):
                    run: Run = neuron.__getattribute__(method)
                    neuron.__dict__[method] = functools.partial(self.run, name, run)

    def run(
        self, name: str, run: Run, *args: object, **kwargs: object
    ) -> tuple[Tensor, ...]:
        """Runs a neuron and keeps its spikes [t, B, ...], once for each step."""
        if name in self.running or not torch.is_grad_enabled():
            return run(*args, **kwargs)
        self.running.add(name)
        try:
            results = run(*args, **kwargs)
        finally:
            self.running.discard(name)
        self.spikes[name].append(results[0])
        return results

    def rates(self) -> dict[str, Tensor]:
        """The rate of every neuron for every sample [B, ...], since the last call."""
        found = {
            name: rate(self.neurons[name], torch.cat(s))
            for name, s in self.spikes.items()
        }
        for spikes in self.spikes.values():
            spikes.clear()
        return found
