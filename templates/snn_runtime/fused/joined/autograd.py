"""How a joined neuron's two operators meet autograd and vmap."""

from typing import Any

import torch
from torch import Tensor

from ..autograd import Once, once, operator, parted
from ..calls import Tensors

Counts = tuple[int, int, int, int]


class Joined(torch.autograd.Function):
    """A forward operator, with its backward operator as its derivative.

    Where the statistics are the batch's, they are results too, the last ones, without a gradient.
    """

    generate_vmap_rule = True  # both operators have a rule of their own

    @staticmethod
    def forward(*arguments: Any) -> Tensors:
        return results(*arguments)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensors) -> None:
        ctx.how, found = inputs[:6], len(output) - inputs[7]
        ctx.found, ctx.known = inputs[7], len(inputs) - 8 - sum(inputs[1])
        ctx.likes = [(x.shape, x.dtype, x.device) for x in output[:found]]
        ctx.save_for_backward(*inputs[8:], *output[found:])
        ctx.mark_non_differentiable(*output[found:])
        ctx.set_materialize_grads(False)  # statistics have none

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        arrived = (
            torch.zeros(shape, dtype=dtype, device=device) if g is None else g
            for g, (shape, dtype, device) in zip(grads, ctx.likes)
        )
        stats, batch = ctx.known + ctx.found, ctx.found > 0
        of = *ctx.how, batch, stats, *ctx.saved_tensors, *arrived
        known: tuple[None, ...] = (None,) * ctx.known
        return (None,) * 8 + once(JoinedOnce, *of) + known


class JoinedOnce(Once):
    """The gradients of a joined neuron; they cannot be differentiated again."""

    @staticmethod
    def forward(*arguments: Any) -> Tensors:
        return gradients(*arguments)


def results(
    kernel: str,
    counts: Counts,
    steps: int,
    static: bool,
    backend: str,
    eps: float,
    end: bool,
    found: int,
    *operands: Tensor,
) -> Tensors:
    """The output, the last states if ``end``, and statistics, which ``found`` counts."""
    *parts, affine, known = parted(operands, (*counts, len(operands)))
    run, how = operator(f"{kernel}_forward"), (steps, static, backend)
    return tuple(run(*parts, *how, affine, known, eps, end))


def gradients(
    kernel: str,
    counts: Counts,
    steps: int,
    static: bool,
    backend: str,
    eps: float,
    batch: bool,
    stats: int,
    *tensors: Tensor,
) -> Tensors:
    """The gradients of inputs, terms, first states, weight and bias."""
    *parts, affine, known, grads = parted(tensors, (*counts, stats, len(tensors)))
    run, how = operator(f"{kernel}_backward"), (steps, static, backend)
    return tuple(run(*parts, *how, affine, known, eps, batch, grads[0], grads[1:]))
