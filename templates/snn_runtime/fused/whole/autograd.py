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
        kernel, count, how, x, *rest = arguments
        run = operator(f"{kernel}_forward")
        return tuple(run(x, rest[:count], rest[count:], *how))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensors) -> None:
        ctx.how = inputs[:3]
        ctx.save_for_backward(*inputs[3:])

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        back = ctx.needs_input_grad[3]
        of = *ctx.how, back, grads[0], *ctx.saved_tensors
        x, *rest = once(WholeOnce, *of)
        return *(None,) * 3, x if back else None, *rest


class WholeOnce(Once):
    """The gradients of a chain; they cannot be differentiated again."""

    @staticmethod
    def forward(*arguments: Any) -> Tensors:
        kernel, count, how, back, grad, x, *rest = arguments
        run = operator(f"{kernel}_backward")
        return tuple(run(x, rest[:count], rest[count:], *how, grad, back))
