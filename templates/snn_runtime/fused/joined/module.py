"""Neurons with layers around them in their kernel, as modules."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from ...averages import BatchNorm, track
from ...checks import check_starts
from ...norms import batch_norm, batch_norm_once
from ..calls import Tensors
from ..module import FusedNeuron, untouched
from .forms import text_of
from .kernels import JoinedKernels
from .taken import taken
from .windows import window_of

Kept = dict[str, Tensor]


class JoinedNeuron(FusedNeuron):
    """A neuron that can run in one kernel with the layer before it and the one that follows."""

    joined: ClassVar[JoinedKernels]

    def takes(self, kernel: str, images: Tensor, state: Kept | None) -> bool:
        """Whether there is such a kernel for samples of images.

        With pooling, only states of whole images are known.
        """
        if not self.joined.take(kernel, images):
            return False
        window = self.joined.forms[kernel].window
        return state is None or window is None or window.whole(images)

    def run_normed(
        self,
        kernel: str,
        bn: BatchNorm,
        x: Tensor,
        time_steps: int | None,
        state: Kept | None,
    ) -> Tensor:
        """All in one kernel."""
        averages = [v for v in (bn.running_mean, bn.running_var) if v is not None]
        known = [] if bn.training else averages
        affine = [bn.weight, bn.bias] if bn.affine else []
        output, *stats = self.run_joined(
            kernel, (x,), time_steps, state, affine, known, bn.eps
        )
        if stats:
            mean, var = stats[:2]
            count = x.numel() // len(mean) * (time_steps or 1)
            track(bn, mean, var, count)
        return output

    def run_joined(
        self,
        kernel: str,
        inputs: Tensors,
        time_steps: int | None,
        state: Kept | None,
        affine: Sequence[Tensor] = (),
        known: Sequence[Tensor] = (),
        eps: float = 0.0,
    ) -> Tensors:
        """The output, and the statistics of the batch unless they are known."""
        static = time_steps is not None
        steps = inputs[0].shape[0] if time_steps is None else time_steps
        starts = self.starts() if state is None else self.resumed(state)
        check_starts(self.places(), starts, inputs[0].shape[0 if static else 1 :])
        operands = *self.operands(inputs, starts), affine
        how = known, eps, steps, static, state is not None
        output, *rest = self.joined.join(kernel, operands, *how)
        if state is None:
            return output, *rest
        count = len(self.states)
        state.update(zip(self.places(), rest[:count]))
        return output, *rest[count:]


def run_pooled(
    cell: nn.Module,
    pool: nn.Module,
    *inputs: Tensor,
    time_steps: int | None = None,
    state: Kept | None = None,
) -> Tensor:
    """``pool`` of a neuron's output, [T, B, C, H', W'].

    One after the other if the neuron's own output is asked for, if somebody has a hand in
    either, and where no kernel does both.
    """
    images = inputs[0] if time_steps is not None else inputs[0].flatten(0, 1)
    if isinstance(cell, JoinedNeuron) and untouched(cell):
        kernel = f"{cell.kernel}_{window_of(pool)}"
        if cell.takes(kernel, images, state):
            return cell.run_joined(kernel, inputs, time_steps, state)[0]
    output = cell(*inputs, time_steps=time_steps, state=state)
    pooled: Tensor = pool(output.flatten(0, 1))
    return torch.unflatten(pooled, 0, output.shape[:2])


def run_normed(
    cell: nn.Module,
    bn: nn.Module,
    x: Tensor,
    pool: nn.Module | None = None,
    time_steps: int | None = None,
    state: Kept | None = None,
) -> Tensor:
    """A neuron's output [T, B, ...] for ``bn`` of x as input; pooled, if ``pool`` is given.

    x is [T, B, C, ...]; with time_steps it is [B, C, ...], the same at all steps. One after
    the other if somebody has a hand in them, and where no kernel does it all.
    """
    images = x if time_steps is not None else x.flatten(0, 1)
    if isinstance(cell, JoinedNeuron) and untouched(cell):
        window = window_of(pool) or "none" if pool else ""
        kernel = f"{cell.kernel}_{text_of(window, True)}"
        does = images.numel() and cell.takes(kernel, images, state)
        if taken(bn, images) and does:
            return cell.run_normed(kernel, bn, x, time_steps, state)
    if time_steps is not None:
        normal = batch_norm_once(bn, x, time_steps)
    else:
        normal = torch.unflatten(batch_norm(bn, images), 0, x.shape[:2])
    if pool is not None:
        return run_pooled(cell, pool, normal, time_steps=time_steps, state=state)
    output: Tensor = cell(normal, time_steps=time_steps, state=state)
    return output
