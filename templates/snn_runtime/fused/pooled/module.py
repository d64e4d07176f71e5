"""Neurons whose output is pooled in their kernel, as modules."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from ..module import FusedNeuron, untouched
from .kernels import PooledKernels
from .windows import window_of


class PooledNeuron(FusedNeuron):
    """A neuron that can run in one kernel with the pooling that follows it."""

    pools: ClassVar[PooledKernels]


def run_pooled(
    cell: nn.Module,
    pool: nn.Module,
    *inputs: Tensor,
    time_steps: int | None = None,
    state: dict[str, Tensor] | None = None,
) -> Tensor:
    """``pool`` of a neuron's output, [T, B, C, H', W'].

    One after the other if the neuron's own output or state is asked for, if somebody has a
    hand in either, and where no kernel does both.
    """
    images = inputs[0] if time_steps is not None else inputs[0].flatten(0, 1)
    if state is None and isinstance(cell, PooledNeuron) and untouched(cell):
        kernel = f"{cell.kernel}_{window_of(pool)}"
        if cell.pools.take(kernel, images):
            starts = cell.starts()
            return cell.run(inputs, starts, time_steps, False, cell.pools, kernel)[0]
    output = cell(*inputs, time_steps=time_steps, state=state)
    pooled: Tensor = pool(output.flatten(0, 1))
    return torch.unflatten(pooled, 0, output.shape[:2])
