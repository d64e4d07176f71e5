"""How a neuron's two operators meet autograd, vmap and torch.compile."""

import itertools
import os
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from .calls import Tensors


class Fused(torch.autograd.Function):
    """A neuron's forward operator, with its backward operator as its derivative."""

    @staticmethod
    def forward(
        kernel: str,
        counts: tuple[int, int, int],
        end: bool,
        steps: int,
        static: bool,
        backend: str,
        *operands: Tensor,
    ) -> Tensors:
        run = operator(f"{kernel}_forward")
        return tuple(run(*parted(operands, counts), end, steps, static, backend))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensors) -> None:
        ctx.kernel, ctx.counts, ctx.end, *ctx.how = inputs[:6]
        ctx.save_for_backward(*inputs[6:])
        ctx.set_materialize_grads(True)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        run = operator(f"{ctx.kernel}_backward")
        parts = parted(ctx.saved_tensors, ctx.counts)
        found = run(*parts, grads[0], list(grads[1:]), *ctx.how)
        return (None,) * 6 + tuple(found)

    @staticmethod
    def vmap(info: Any, in_dims: tuple[Any, ...], *arguments: Any) -> tuple[Any, Any]:
        """Call by call: correct for every layout; batch inside the network for speed."""
        calls = []
        for i in range(info.batch_size):
            taken = (
                argument if dim is None else argument.select(dim, i)
                for argument, dim in zip(arguments, in_dims, strict=True)
            )
            calls.append(Fused.apply(*taken))
        stacked = tuple(torch.stack(column) for column in zip(*calls, strict=True))
        return stacked, (0,) * len(stacked)


def operator(name: str) -> Callable[..., list[Tensor]]:
    """An operator by its namespace and name."""
    namespace, _, own = name.partition(".")
    found: Callable[..., list[Tensor]] = getattr(getattr(torch.ops, namespace), own)
    return found


def parted(operands: Sequence[Tensor], counts: Sequence[int]) -> list[list[Tensor]]:
    """Inputs, terms and first states out of one sequence."""
    ends = [0, *itertools.accumulate(counts)]
    return [list(operands[a:b]) for a, b in itertools.pairwise(ends)]


@torch.compiler.assume_constant_result  # type: ignore[untyped-decorator, unused-ignore]
def chosen_backend() -> str:
    """SNNC_BACKEND; read at every call, fixed when a call is compiled."""
    backend = os.environ.get("SNNC_BACKEND", "auto")
    if backend not in ("auto", "c", "cuda", "torch"):
        raise ValueError(f"SNNC_BACKEND is auto, c, cuda or torch, not {backend!r}")
    return backend
