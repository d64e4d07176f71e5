"""Spikes, operations, and how far the rates of an SNN are from the ANN's values."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ..measures import operations
from ..page import Row
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
    macs: float  # multiply-accumulates of what reads no spikes


@torch.no_grad()
def activity(
    ann: nn.Module,
    snn: Any,
    activations: Sequence[Activation],
    rows: Sequence[Row],
    x: Tensor,
    time_steps: int,
) -> Activity:
    """Over samples [B, ...]; `rows` are the SNN's program.

    All neurons count, also those whose spikes reach no answer.
    """
    ann.eval()
    snn.eval()
    done = operations(snn, snn.values, rows, x, time_steps)
    values = outputs(ann, [a.value for a in activations], x, None)
    rates = outputs(snn, [a.path for a in activations], x, time_steps)
    layers = []
    for a in activations:
        want = values[a.value]
        away, mean = (rates[a.path] - want).abs().mean(), want.abs().mean()
        error = float(away / mean) if mean else (math.inf if away else 0.0)
        spikes = float(done.spikes[a.path].mean())
        neurons = done.neurons[a.path]
        layers.append(Layer(a.path, neurons, done.rate(a.path), spikes, error))
    added = float(done.total_additions.mean())
    return Activity(len(x), layers, added, done.total_macs)
