"""Spikes, operations, and how far the rates of an SNN are from the ANN's values."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from .correction import outputs
from .transfer import Activation


class Layer(NamedTuple):
    """What the neurons of one layer do, for a sample."""

    name: str
    neurons: int
    rate: float  # spikes of a neuron in a step
    spikes: float  # of the layer in all steps
    error: float  # mean |rate - activation| as a share of the mean activation


class Activity(NamedTuple):
    """What a network does for a sample."""

    layers: list[Layer]
    operations: float  # additions that spikes cause
    macs: float  # multiply-accumulates of what is computed once


@torch.no_grad()
def activity(
    ann: nn.Module,
    snn: nn.Module,
    activations: Sequence[Activation],
    macs: Mapping[str, int],
    x: Tensor,
    time_steps: int,
) -> Activity:
    """Over samples [B, ...]. `macs` are those of one execution of each layer of weights."""
    ann.eval()
    snn.eval()
    counter = Counter(snn, [a.path for a in activations], macs, len(x), time_steps)
    values = outputs(ann, [a.value for a in activations], x, None)
    rates = outputs(snn, [a.path for a in activations], x, time_steps)
    counter.close()
    layers = []
    for a in activations:
        want = values[a.value]
        error = (rates[a.path] - want).abs().mean() / want.abs().mean().clamp(min=1e-12)
        neurons, spikes = want[0].numel(), counter.spikes[a.path] / len(x)
        rate = spikes / neurons / time_steps
        layers.append(Layer(a.path, neurons, rate, spikes, float(error)))
    return Activity(layers, counter.operations, counter.macs)


class Counter:
    """Counts spikes behind neurons, and the inputs that are not 0 before weights."""

    def __init__(
        self,
        net: nn.Module,
        neurons: Sequence[str],
        macs: Mapping[str, int],
        samples: int,
        time_steps: int,
    ) -> None:
        self.samples, self.time_steps = samples, time_steps
        self.spikes: dict[str, float] = {}
        self.operations = self.macs = 0.0
        self.handles: list[Any] = []
        for name in neurons:
            self.handles.append(
                net.get_submodule(name).register_forward_hook(self.fired(name))
            )
        for name, count in macs.items():
            module = net.get_submodule(name)
            self.handles.append(module.register_forward_pre_hook(self.driven(count)))

    def fired(self, name: str) -> Any:
        def hook(module: nn.Module, given: object, y: Tensor) -> None:
            self.spikes[name] = float(y.count_nonzero())

        return hook

    def driven(self, macs: int) -> Any:
        def hook(module: nn.Module, given: tuple[Tensor]) -> None:
            (x,) = given
            if len(x) == self.samples and self.time_steps > 1:
                self.macs += macs  # a value that is the same at every step
            else:
                share = float(x.count_nonzero()) / x.numel()
                self.operations += share * macs * self.time_steps

        return hook

    def close(self) -> None:
        """Looks no longer."""
        for handle in self.handles:
            handle.remove()
