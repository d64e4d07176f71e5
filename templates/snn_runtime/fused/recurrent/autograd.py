"""How a recurrent neuron's two operators meet autograd and vmap."""

from typing import Any

import torch
from torch import Tensor

from ..autograd import Once, once, operator, parted
from ..calls import Tensors


class Recurrent(torch.autograd.Function):
    """A forward operator, with its backward operator as its derivative."""

    generate_vmap_rule = True  # both operators have a rule of their own

    @staticmethod
    def forward(*arguments: Any) -> Tensors:
        return results(*arguments)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensors) -> None:
        ctx.how = inputs[:5]
        ctx.save_for_backward(*inputs[6:], output[0])

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        of = *ctx.how, *ctx.saved_tensors, *grads
        return (None,) * 6 + once(RecurrentOnce, *of)


class RecurrentOnce(Once):
    """The gradients of a recurrent neuron; they cannot be differentiated again."""

    @staticmethod
    def forward(*arguments: Any) -> Tensors:
        return gradients(*arguments)


def results(
    kernel: str,
    counts: tuple[int, int, int, int, int],
    steps: int,
    static: bool,
    backend: str,
    end: bool,
    *operands: Tensor,
) -> Tensors:
    """The output and, if ``end``, the states after the last step."""
    *parts, weight, last = parted(operands, counts)
    run, how = operator(f"{kernel}_recurrent_forward"), (steps, static, backend)
    return tuple(run(*parts, *how, weight[0], last, end))


def gradients(
    kernel: str,
    counts: tuple[int, int, int, int, int],
    steps: int,
    static: bool,
    backend: str,
    *tensors: Tensor,
) -> Tensors:
    """The gradients of all operands, which come first; then the output, then gradients."""
    *parts, weight, last, rest = parted(tensors, (*counts, len(tensors)))
    run, how = operator(f"{kernel}_recurrent_backward"), (steps, static, backend)
    return tuple(run(*parts, *how, weight[0], last, rest[0], rest[1], rest[2:]))
