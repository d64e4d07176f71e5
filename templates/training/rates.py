"""Firing rates: spikes a step."""

import functools
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

Run = Callable[..., tuple[Tensor, ...]]


class Recorder:
    """Keeps what some neurons fire while the network runs, with its gradient.

    Every neuron runs by its method `run`, all steps at once or one by one.
    """

    def __init__(self, net: nn.Module, names: Iterable[str]) -> None:
        self.spikes: dict[str, list[Tensor]] = {name: [] for name in names}
        for name in self.spikes:
            neuron = net.get_submodule(name)
            run: Run = neuron.__getattribute__("run")
            neuron.__dict__["run"] = functools.partial(self.run, name, run)

    def run(
        self, name: str, run: Run, *args: object, **kwargs: object
    ) -> tuple[Tensor, ...]:
        """Runs a neuron and keeps its spikes [t, B, ...]."""
        results = run(*args, **kwargs)
        if torch.is_grad_enabled():
            self.spikes[name].append(results[0])
        return results

    def rates(self) -> dict[str, Tensor]:
        """The rate of every neuron for every sample [B, ...], since the last call."""
        found = {name: torch.cat(s).mean(0) for name, s in self.spikes.items()}
        for spikes in self.spikes.values():
            spikes.clear()
        return found
