"""Firing rates: spikes per time step."""

import functools
import sys
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from ..measures import rate
from .batches import Split, mixed, seed_all
from .learner import Learner
from .score import Row

Run = Callable[..., tuple[Tensor, ...]]

FEW = 16  # samples, over which the rates of an epoch are taken

# How a neuron runs, all steps at once or one by one; the second one, which only
# recurrent neurons have, may call the first for each of its steps.
RUNS = ("run", "run_recurrent")


def mean_rate(neuron: nn.Module, output: Tensor) -> float:
    """The mean firing rate of a layer whose outputs are [T, ...]."""
    return float(rate(neuron, output.float()).mean())


@torch.no_grad()
def firing_rates(learner: Learner, split: Split, trained: Split) -> Row:
    """Spikes per step in every layer that fires, over the first samples of a split.

    A layer that is silent for all samples that were `trained` on is told once.
    """
    seed_all(mixed(learner.settings.seed, "rates"))
    found = rates_of(learner, split, torch.arange(min(FEW, len(split))))
    silent = {name for name, mean in found.items() if not mean} - learner.silent
    size = learner.settings.batch_size
    for first in range(0, len(trained), size):
        if not silent:
            break
        chosen = torch.arange(first, min(first + size, len(trained)))
        now = rates_of(learner, trained, chosen)
        silent = {name for name in silent if not now[name]}
    learner.silent |= silent
    for name in sorted(silent) if learner.team.leads else ():
        where = f"Epoch {learner.epoch + 1}: {name} never fires"
        advice = "larger weights or a lower threshold may wake it"
        print(f"{where}, for none of {len(trained)} samples: {advice}", file=sys.stderr)
    return {f"rate/{name}": mean for name, mean in found.items()}


def rates_of(learner: Learner, split: Split, chosen: Tensor) -> dict[str, float]:
    """The mean rate of every layer that fires, for these samples."""
    x, _ = split.batch(chosen)
    net: Any = learner.net.eval()
    with learner.precision.autocast:
        values = net.values(learner.precision.read(x))
    neurons = {name: net.get_submodule(name) for name in net.NEURONS}
    return {name: mean_rate(neuron, values[name]) for name, neuron in neurons.items()}


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
