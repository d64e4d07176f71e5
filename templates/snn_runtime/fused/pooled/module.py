"""Neurons whose output is pooled in their kernel, as modules."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from ...watching import watched
from ..module import FusedNeuron
from .kernels import PooledKernels
from .windows import window_of


class PooledNeuron(FusedNeuron):
    """A neuron that can run in one kernel with the pooling that follows it."""

    pools: ClassVar[PooledKernels]

    def pooled(
        self,
        pool: nn.Module,
        *inputs: Tensor,
        time_steps: int | None = None,
        state: dict[str, Tensor] | None = None,
    ) -> Tensor:
        """``pool`` of the neuron's output, [T, B, C, H', W'].

        One after the other if the neuron's own output or state is asked for, and where no
        kernel does both.
        """
        kernel = f"{self.kernel}_{window_of(pool)}"
        alone = state is None and not watched(self)
        images = inputs[0] if time_steps is not None else inputs[0].flatten(0, 1)
        if alone and self.pools.take(kernel, images):
            starts = self.starts()
            return self.run(inputs, starts, time_steps, False, self.pools, kernel)[0]
        output = self(*inputs, time_steps=time_steps, state=state)
        pooled: Tensor = pool(output.flatten(0, 1))
        return torch.unflatten(pooled, 0, output.shape[:2])
