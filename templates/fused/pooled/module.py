"""Neurons whose output is pooled in their kernel, as modules."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from ..module import FusedNeuron
from .kernels import PooledKernels
from .windows import channels_last, window_of


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
        alone = state is None and not self.watched()
        images = inputs[0] if time_steps is not None else inputs[0].flatten(0, 1)
        if alone and kernel in self.pools.specs and channels_last(images):
            starts = self.starts()
            return self.run(inputs, starts, time_steps, False, self.pools, kernel)[0]
        output = self(*inputs, time_steps=time_steps, state=state)
        pooled: Tensor = pool(output.flatten(0, 1))
        return torch.unflatten(pooled, 0, output.shape[:2])

    def watched(self) -> bool:
        """Whether someone reads what the neuron itself gives: by a hook, or in place of `run`."""
        return bool(
            self._forward_hooks or self._forward_pre_hooks or "run" in vars(self)
        )
