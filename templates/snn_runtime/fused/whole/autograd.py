"""How a chain's two operators meet autograd."""

from typing import Any

import torch
from torch import Tensor

from ..autograd import Once, once, operator
from ..calls import Tensors


class Whole(torch.autograd.Function):
    """A forward operator, with its backward operator as its derivative."""

    @staticmethod
    def forward(*arguments: Any) -> Tensors:
        kernel, count, steps, backend, x, *rest = arguments
        run = operator(f"{kernel}_forward")
        return tuple(run(x, rest[:count], rest[count:], steps, backend))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensors) -> None:
        ctx.how = inputs[:4]
        ctx.save_for_backward(*inputs[4:])

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        of = *ctx.how, ctx.needs_input_grad[4], grads[0], *ctx.saved_tensors
        x, *rest = once(WholeOnce, *of)
        return *(None,) * 4, x if ctx.needs_input_grad[4] else None, *rest


class WholeOnce(Once):
    """The gradients of a chain; they cannot be differentiated again."""

    @staticmethod
    def forward(*arguments: Any) -> Tensors:
        kernel, count, steps, backend, back, grad, x, *rest = arguments
        run = operator(f"{kernel}_backward")
        return tuple(run(x, rest[:count], rest[count:], steps, backend, grad, back))
