"""Neurons whose input is normalised in their kernel, as modules."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from ...averages import BatchNorm, track
from ...norms import batch_norm, batch_norm_once
from ..module import untouched
from ..pooled import PooledNeuron, run_pooled
from ..pooled.windows import window_of
from .kernels import NormedKernels, named
from .taken import taken


class NormedNeuron(PooledNeuron):
    """A neuron that can run in one kernel with the batch normalisation before it.

    And, if the network has it so, with the pooling that follows.
    """

    norms: ClassVar[NormedKernels]

    def run_normed(
        self, kernel: str, bn: BatchNorm, x: Tensor, time_steps: int | None
    ) -> Tensor:
        """All in one kernel."""
        static = time_steps is not None
        steps = x.shape[0] if time_steps is None else time_steps
        affine = [bn.weight, bn.bias] if bn.affine else []
        averages = [v for v in (bn.running_mean, bn.running_var) if v is not None]
        known = [] if bn.training else averages
        operands = *self.operands([x], self.starts()), affine
        output, *stats = self.norms.norm(kernel, operands, known, bn.eps, steps, static)
        if stats:
            mean, var = stats
            count = x.numel() // len(mean) * (steps if static else 1)
            track(bn, mean, var, count)
        return output


def run_normed(
    cell: nn.Module,
    bn: BatchNorm,
    x: Tensor,
    pool: nn.Module | None = None,
    time_steps: int | None = None,
    state: dict[str, Tensor] | None = None,
) -> Tensor:
    """A neuron's output [T, B, ...] for ``bn`` of x as input; pooled, if ``pool`` is given.

    x is [T, B, C, ...]; with time_steps it is [B, C, ...], the same at all steps. One after
    the other if somebody has a hand in them or the state is asked for, and where no kernel
    does it all.
    """
    images = x if time_steps is not None else x.flatten(0, 1)
    if state is None and isinstance(cell, NormedNeuron) and untouched(cell):
        kernel = named(cell.kernel, window_of(pool) or "none" if pool else "")
        known = taken(bn, images) and images.numel()
        if known and cell.norms.take(kernel, images):
            return cell.run_normed(kernel, bn, x, time_steps)
    if time_steps is not None:
        normal = batch_norm_once(bn, x, time_steps)
    else:
        normal = torch.unflatten(batch_norm(bn, images), 0, x.shape[:2])
    if pool is not None:
        return run_pooled(cell, pool, normal, time_steps=time_steps, state=state)
    output: Tensor = cell(normal, time_steps=time_steps, state=state)
    return output
