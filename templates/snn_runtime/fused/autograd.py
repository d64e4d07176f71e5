"""How a neuron's two operators meet autograd and vmap."""

import functools
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from .calls import Tensors

Results = list[Tensor]

# Whether torch.func is at work. PyTorch asks so itself, in private.
transforming: Callable[[], bool] = getattr(
    torch._C, "_are_functorch_transforms_active", lambda: True
)


class Fused(torch.autograd.Function):
    """A neuron's forward operator, with its backward operator as its derivative."""

    generate_vmap_rule = True  # both operators have a rule of their own: see each()

    @staticmethod
    def forward(
        *arguments: Any,
    ) -> Tensors:  # PyTorch reads the signature at every call
        return results(*arguments)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensors) -> None:
        ctx.kernel, ctx.counts, *ctx.how = inputs[:5]
        ctx.save_for_backward(*inputs[6:])

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        how = ctx.kernel, ctx.counts, *ctx.how
        return (None,) * 6 + once(Once, *how, *ctx.saved_tensors, *grads)


class Once(torch.autograd.Function):
    """The gradients of a neuron; they cannot be differentiated again."""

    generate_vmap_rule = True

    @staticmethod
    def forward(*arguments: Any) -> Tensors:
        return gradients(*arguments)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensors) -> None:
        """Nothing is kept."""

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> None:
        raise RuntimeError("a neuron has no second derivative: its slope is a stand-in")


def once(rule: type[Once], *arguments: Any) -> Tensors:
    """The gradients; if somebody may ask for those of these, in a way that refuses.

    A compiled graph knows no second derivative anyway, nor a function in a function.
    """
    if torch.compiler.is_compiling() or not torch.is_grad_enabled():
        return rule.forward(*arguments)
    second: Tensors = rule.apply(*arguments)
    return second


@functools.cache
def quick(rule: type[torch.autograd.Function]) -> type[torch.autograd.Function]:
    """A rule in the form that torch.func cannot transform, and that is called faster."""

    class Quick(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *arguments: Any) -> Tensors:
            output: Tensors = rule.forward(*arguments)
            rule.setup_context(ctx, arguments, output)
            return output

        backward = rule.backward

    return Quick


def applied(rule: type[torch.autograd.Function], *arguments: Any) -> Tensors:
    """What a rule gives, in the form that the caller needs."""
    found: Tensors
    if torch.compiler.is_compiling() and not differentiable(arguments):
        found = rule.forward(*arguments)  # the compiler would hand it a context
        return found
    whole = torch.compiler.is_compiling() or transforming()
    found = (rule if whole else quick(rule)).apply(*arguments)
    return found


def differentiable(arguments: Iterable[Any]) -> bool:
    """Whether somebody may ask for a gradient of these."""
    tensors = (each for each in arguments if isinstance(each, Tensor))
    return torch.is_grad_enabled() and any(each.requires_grad for each in tensors)


def results(
    kernel: str,
    counts: tuple[int, int, int],
    steps: int,
    static: bool,
    backend: str,
    end: bool,
    *operands: Tensor,
) -> Tensors:
    """The output and, if ``end``, the states after the last step."""
    run, how = operator(f"{kernel}_forward"), (steps, static, backend)
    return tuple(run(*parted(operands, counts), *how, end))


def gradients(
    kernel: str,
    counts: tuple[int, int, int],
    steps: int,
    static: bool,
    backend: str,
    *tensors: Tensor,
) -> Tensors:
    """The gradients of all operands, which come first; then those of the results."""
    *operands, grads = parted(tensors, (*counts, len(tensors)))
    run, how = operator(f"{kernel}_backward"), (steps, static, backend)
    return tuple(run(*operands, *how, grads[0], grads[1:]))


def operator(name: str) -> Callable[..., Results]:
    """An operator by its namespace and name."""
    namespace, _, own = name.partition(".")
    found: Callable[..., Results]
    found = getattr(getattr(torch.ops, namespace), own).default
    return found


def parted(operands: Sequence[Tensor], counts: Sequence[int]) -> list[list[Tensor]]:
    """Inputs, terms and first states out of one sequence."""
    ends = [0, *itertools.accumulate(counts)]
    return [list(operands[a:b]) for a, b in itertools.pairwise(ends)]


def each(run: Callable[..., Results]) -> Callable[..., tuple[Results, list[int]]]:
    """The rule of an operator under vmap: call by call, right for every layout."""

    def rule(info: Any, dims: Any, *arguments: Any) -> tuple[Results, list[int]]:
        count = range(info.batch_size)
        calls = (
            run(*(taken(*pair, i) for pair in zip(arguments, dims))) for i in count
        )
        stacked = [torch.stack(column) for column in zip(*calls, strict=True)]
        return stacked, [0] * len(stacked)

    return rule


def taken(argument: Any, dim: Any, i: int) -> Any:
    """An argument of call ``i``: itself, if all share it; a list's members one by one."""
    if isinstance(argument, list):
        return [taken(*pair, i) for pair in zip(argument, dim, strict=True)]
    return argument if dim is None else argument.select(dim, i)
