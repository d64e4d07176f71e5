"""Spikes, operations, and how far the rates of an SNN are from the ANN's values."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ..measures import spikes
from .correction import outputs
from .transfer import Activation


class Layer(NamedTuple):
    """What the neurons of one layer do, for a sample."""

    name: str
    neurons: int
    rate: float  # spikes of a neuron in a step
    spikes: float  # of the layer in all steps
    error: float  # mean |rate - activation| as a share of the mean, inf if that is 0


class Activity(NamedTuple):
    """What a network does for a sample, over so many `samples`."""

    samples: int
    layers: list[Layer]
    operations: float  # additions that spikes cause
    macs: float  # multiply-accumulates of what is computed once


@torch.no_grad()
def activity(
    ann: nn.Module,
    snn: nn.Module,
    activations: Sequence[Activation],
    macs: Mapping[str, int],
    once: Collection[str],
    x: Tensor,
    time_steps: int,
) -> Activity:
    """Over samples [B, ...]. `macs` are those of one execution of each layer of weights.

    The layers in `once` read what is the same at every step. All neurons count, also those
    whose spikes reach no answer.
    """
    ann.eval()
    snn.eval()
    driven = [name for name in macs if name not in once]
    counter = Counter(snn, [a.path for a in activations], driven)
    values = outputs(ann, [a.value for a in activations], x, None)
    rates = outputs(snn, [a.path for a in activations], x, time_steps)
    counter.close()
    layers = []
    for a in activations:
        want = values[a.value]
        away, mean = (rates[a.path] - want).abs().mean(), want.abs().mean()
        error = float(away / mean) if mean else (math.inf if away else 0.0)
        neurons, spikes = want[0].numel(), counter.spikes[a.path] / len(x)
        rate = spikes / neurons / time_steps
        layers.append(Layer(a.path, neurons, rate, spikes, error))
    operations = sum(counter.met[name] * macs[name] for name in driven) / len(x)
    return Activity(len(x), layers, operations, float(sum(macs[n] for n in once)))


class Counter:
    """Counts spikes behind neurons, and the inputs that are not 0 before weights.

    They come in pieces: a few samples, at one step or at all.
    """

    def __init__(
        self, net: nn.Module, neurons: Sequence[str], weights: Iterable[str]
    ) -> None:
        self.spikes = dict.fromkeys(neurons, 0.0)
        self.met = dict.fromkeys(weights, 0.0)  # of what one execution could add up
        self.handles: list[Any] = []
        for name in self.spikes:
            module = net.get_submodule(name)
            self.handles.append(module.register_forward_hook(self.fired(name)))
        for name in self.met:
            module = net.get_submodule(name)
            self.handles.append(module.register_forward_pre_hook(self.driven(name)))

    def fired(self, name: str) -> Any:
        def hook(module: nn.Module, given: object, y: Tensor) -> None:
            self.spikes[name] += float(spikes(module, y).double().sum())

        return hook

    def driven(self, name: str) -> Any:
        def hook(module: nn.Module, given: tuple[Tensor]) -> None:
            (x,) = given
            self.met[name] += float(x.count_nonzero()) / x[0].numel()

        return hook

    def close(self) -> None:
        """Looks no longer."""
        for handle in self.handles:
            handle.remove()
