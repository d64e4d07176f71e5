"""How a normalised neuron's two operators meet autograd and vmap."""

from typing import Any

import torch
from torch import Tensor

from ..autograd import Once, once, operator, parted
from ..calls import Tensors

Counts = tuple[int, int, int, int]


class Normed(torch.autograd.Function):
    """A forward operator, with its backward operator as its derivative.

    Where the statistics are the batch's, they are results too, without a gradient.
    """

    generate_vmap_rule = True  # both operators have a rule of their own

    @staticmethod
    def forward(*arguments: Any) -> Tensors:
        return results(*arguments)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensors) -> None:
        ctx.how, ctx.batch = inputs[:6], len(output) > 1
        ctx.save_for_backward(*inputs[6:], *output[1:])
        ctx.mark_non_differentiable(*output[1:])

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        of = *ctx.how, ctx.batch, *ctx.saved_tensors, grads[0]
        return (None,) * 6 + once(NormedOnce, *of) + (None,) * (0 if ctx.batch else 2)


class NormedOnce(Once):
    """The gradients of a normalised neuron; they cannot be differentiated again."""

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
    *operands: Tensor,
) -> Tensors:
    """The output and, if mean and variance are not among the operands, the batch's own."""
    *parts, affine, known = parted(operands, (*counts, len(operands)))
    run, how = operator(f"{kernel}_forward"), (steps, static, backend)
    return tuple(run(*parts, *how, affine, known, eps))


def gradients(
    kernel: str,
    counts: Counts,
    steps: int,
    static: bool,
    backend: str,
    eps: float,
    batch: bool,
    *tensors: Tensor,
) -> Tensors:
    """The gradients of inputs, terms, first states, weight and bias."""
    *parts, affine, stats, grads = parted(tensors, (*counts, 2, len(tensors)))
    run, how = operator(f"{kernel}_backward"), (steps, static, backend)
    return tuple(run(*parts, *how, affine, stats, eps, batch, grads[0]))
