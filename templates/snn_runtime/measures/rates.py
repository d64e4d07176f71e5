"""How many spikes an output stands for, and the firing rate."""

import torch
from torch import Tensor, nn


def signed_spikes(neuron: nn.Module, output: Tensor) -> Tensor:
    """How often a neuron fired at each step; below 0 where its spikes were negative.

    ``output`` has the neuron's shape behind any other axes, and so has the result. One
    spike adds ``neuron.spike_value`` to the output: 1, another number, or the neuron's
    number of that name.
    """
    value = getattr(neuron, "spike_value", 1.0)
    if isinstance(value, str):
        value = getattr(neuron, value).to(output.device, output.dtype)
    return output if isinstance(value, float) and value == 1 else output / value


def spikes(neuron: nn.Module, output: Tensor) -> Tensor:
    """How often a neuron fired at each step; a negative spike counts as one.

    Where a neuron is silent, the gradient is that of a positive spike, so that a penalty
    can wake it up; that of ``abs`` would be 0.
    """
    fired = signed_spikes(neuron, output)
    return torch.where(fired < 0, -fired, fired)


def rate(neuron: nn.Module, output: Tensor) -> Tensor:
    """The firing rate, in spikes per time step: of outputs [T, ...] it is [...]."""
    return spikes(neuron, output).mean(0)
